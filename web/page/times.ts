import { all } from './dom.ts';

/** The reader's own time beside UTC, and what is late by the reader's clock. */
export function showTimes(within: ParentNode = document): void {
  const own = new Intl.DateTimeFormat('en-GB', {
    ...{
      hour: '2-digit',
      minute: '2-digit',
      day: 'numeric',
      month: 'short',
      timeZoneName: 'short',
    },
  });
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const time of all('time[datetime*="T"]', within)) {
    const ms = Date.parse(time.getAttribute('datetime') ?? '');
    if (Number.isNaN(ms) || zone === 'UTC' || time.dataset.own !== undefined) continue;
    time.dataset.own = own.format(ms);
    const beside = document.createElement('span');
    beside.className = 'own-time';
    beside.textContent = own.format(ms);
    time.after(' ', beside);
  }
  for (const badge of all('.badge.late[data-due]', within)) {
    const dueMs = Date.parse(badge.dataset.due ?? '');
    badge.hidden = !(Date.now() > dueMs);
    badge.title = `The fixing of ${badge.dataset.next} was due by ${badge.dataset.due}`;
  }
}
