import type { Fixing } from '../../src/domain/fixing.ts';
import { assurance } from '../../src/site/parts/assurance.ts';
import { exclusions } from '../../src/site/parts/exclusions.ts';
import { holdings } from '../../src/site/parts/holdings.ts';
import type { PageData } from './data.ts';
import { byId, dayInput, el, show } from './dom.ts';
import { isOnDisk, readText, rootPath } from './place.ts';
import { addSort } from './sort.ts';

/** Lets a reader look into the fixing of another day: what it held, how sure it was. */
export function addDayPicker(data: PageData, changed: (date: string) => void): void {
  const heading = byId('holds');
  const [first, last] = [data.points[0]?.date, data.points.at(-1)?.date];
  if (!heading || !first || !last || isOnDisk) return;
  const day = dayInput('day', data.date);
  const status = el('span', { role: 'status', class: 'note' });
  day.addEventListener('change', async () => {
    if (!data.points.some(({ date }) => date === day.value)) {
      status.textContent = ` ${day.value || 'That'} has no fixing.`;
      return;
    }
    status.textContent = ' Reading…';
    try {
      const revision = data.revised[day.value] ?? 0;
      const name = `${day.value}${revision === 0 ? '' : `.r${revision}`}`;
      showFixing(JSON.parse(await readText(`fixings/${data.index}/${name}.json`)) as Fixing);
      status.textContent = ` of ${day.value}`;
      changed(day.value);
    } catch (error) {
      status.textContent = ` ${error instanceof Error ? error.message : String(error)}`;
    }
  });
  heading.after(
    el('div', { class: 'controls' }, el('label', { for: 'day' }, 'Fixing of'), day, status),
  );
}

function showFixing(fixing: Fixing): void {
  const parts = [
    ['holdings', holdings(fixing, undefined, rootPath)],
    ['assurance', assurance(fixing, rootPath)],
    ['exclusions', exclusions(fixing, rootPath)],
  ] as const;
  for (const [id, part] of parts) {
    const place = byId(id);
    if (place) show(place, part);
  }
  const table = byId('constituents');
  if (table) addSort(table);
}
