import { expect } from 'vitest';
import { calculateFixing } from '../../src/index.ts';
import { approve } from '../../src/operate/approvals.ts';
import { noticeRecord } from '../../src/operate/notices.ts';
import { publishBook } from '../../src/operate/publish-book.ts';
import { signerOf } from '../../src/publish/log/keys.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { requestFor, SIGNER } from '../publish/publications.ts';
import { deskOf, indicesOf, type TestDesk } from './desks.ts';

const [ANN, BOB] = [1, 2].map((seed) =>
  signerOf(`person${seed}@index.example`, 'log', new Uint8Array(32).fill(seed)),
);

/** Three live days with two approvals each, and a notice on the second. */
export async function auditedDesk(): Promise<TestDesk> {
  const rules = { live_from: '2026-07-01', cutoff: '{ time: "16:00", zone: UTC }' };
  const own = deskOf({ TEST: { ...rules, approvals: '2' } }, ['2026-06-30T15:00:00Z acme/alpha 4']);
  for (const day of ['2026-07-01', '2026-07-02', '2026-07-03']) {
    own.at(`${day}T15:00:00Z`);
    await own.collect([`${day}T14:00:00Z acme/alpha ${4 + Number(day.slice(9))}`]);
    own.at(`${day}T18:00:00Z`);
    const opened = await own.open();
    const request = { indices: indicesOf(opened.book.rulebooks), from: day, to: day };
    for (const signer of [ANN, BOB]) {
      const [versions] = request.indices;
      const { fixing } = calculateFixing(versions!, opened.evidence, day);
      await approve(own.book, fixing!, versions![0]!, signer!);
    }
    expect((await publishBook(own, opened, request)).added).toHaveLength(1);
    if (day !== '2026-07-02') continue;
    const words = { index: 'TEST', dated: day, text: 'It ends.' };
    const subject = { notice: 'cessation', last_day: '2026-12-31', successor: null } as const;
    const notice = noticeRecord({
      ...{ schema: 'mtok.notice/1', ...words },
      subject: { ...subject, reason: 'no sellers' },
    });
    await publish(own.publication, [SIGNER], {
      ...requestFor(day),
      ...{ drafts: [], records: [notice], nowMs: own.now() },
    });
  }
  return own;
}
