import { all, button } from './dom.ts';

/** Lets a reader sort a table by its columns: those whose heads say how they compare. */
export function addSort(table: HTMLElement): void {
  for (const head of all('th[data-sort]', table)) {
    const text = head.textContent ?? '';
    const sort = button(text, () => sortBy(table, head), { class: 'sort' });
    head.replaceChildren(sort);
  }
}

function sortBy(table: HTMLElement, head: HTMLElement): void {
  const body = table.querySelector('tbody');
  const column = [...(head.parentElement?.children ?? [])].indexOf(head);
  if (!body || column < 0) return;
  const isNumber = head.dataset.sort === 'number';
  const before = head.getAttribute('aria-sort');
  const isDescending = before === null ? isNumber : before === 'ascending';
  for (const one of all('th[aria-sort]', table)) one.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending');
  const cellOf = (row: Element): string => {
    const cell = row.children[column] as HTMLElement | undefined;
    return cell?.dataset.value ?? cell?.textContent ?? '';
  };
  const order = (a: Element, b: Element): number => {
    const [x, y] = [cellOf(a), cellOf(b)];
    return isNumber ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0;
  };
  const rows = [...body.children].sort((a, b) => order(a, b) * (isDescending ? -1 : 1));
  body.append(...rows);
}
