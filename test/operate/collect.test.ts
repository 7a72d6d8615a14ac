import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseMoment } from '../../src/domain/dates.ts';
import { findBook, readBook } from '../../src/ingest/book.ts';
import { publishBook } from '../../src/operate/publish-book.ts';
import { signerOf } from '../../src/publish/log/keys.ts';
import { cosignatureLine } from '../../src/publish/log/note.ts';
import { addCosignatures, offeredBy } from '../../src/publish/publication/cosigned.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { verify } from '../../src/verify/verify.ts';
import { deskOf, indicesOf, type TestDesk } from './desks.ts';

const RULES = { TEST: { live_from: '2026-07-01', cutoff: '{ time: "16:00", zone: UTC }' } };
const OPENING = ['2026-06-30T15:00:00Z acme/alpha 4', '2026-06-30T15:00:00Z bell/beta 2'];

async function publishDay(desk: TestDesk, date: string) {
  const opened = await desk.open();
  const indices = indicesOf(opened.book.rulebooks);
  return publishBook(desk, opened, { indices, from: date, to: date });
}

async function stepOf(desk: TestDesk, name: string) {
  const { steps } = await desk.verify();
  const { result, detail } = steps.find((step) => step.name === name) ?? {};
  return `${result}: ${detail}`;
}

/** Two days: what the second fixing rests on was logged at a moment of its own. */
async function twoDays(logged: string): Promise<TestDesk> {
  const desk = deskOf(RULES, OPENING);
  desk.at('2026-07-01T15:00:00Z');
  await desk.collect(['2026-07-01T14:00:00Z acme/alpha 4']);
  desk.at('2026-07-01T16:01:00Z');
  await publishDay(desk, '2026-07-01');
  desk.at(logged);
  await desk.collect(['2026-07-02T15:00:00Z acme/alpha 3']);
  desk.at('2026-07-02T18:00:00Z');
  await publishDay(desk, '2026-07-02');
  return desk;
}

describe('captures', () => {
  it('are in the log before anything is calculated from them', async () => {
    const desk = await twoDays('2026-07-02T15:30:00Z');
    const captures = desk.records('capture').map(({ row, document }) => {
      const { file, opening, logged_at } = document as Record<string, unknown>;
      return [row.entry, String(file).slice(0, 16), opening, logged_at];
    });
    expect(captures).toEqual([
      [1, 'quotes/first.csv', true, '2026-07-01T15:00:00Z'],
      [2, 'quotes/2026-07-0', false, '2026-07-01T15:00:00Z'],
      [6, 'quotes/2026-07-0', false, '2026-07-02T15:30:00Z'],
    ]);
    // alpha from 4 to 3 beside beta's 2: the mean from 3 to 2.5.
    expect(desk.fixing('TEST', '2026-07-02').value?.price).toBe('2.5000');
    expect(desk.fixing('TEST', '2026-07-02').basis).toBe('live');
    expect((await desk.verify()).pass).toBe(true);
    expect(await stepOf(desk, 'captures')).toContain('2 live fixings rest on captures');
  });

  it('that the log had after the cut-off are not admitted, whatever their rows say', async () => {
    const desk = await twoDays('2026-07-02T16:30:00Z');
    expect(desk.fixing('TEST', '2026-07-02').value?.price).toBe('3.0000');
    desk.at('2026-07-03T16:30:00Z');
    await publishDay(desk, '2026-07-03');
    expect(desk.fixing('TEST', '2026-07-03').value?.price).toBe('2.5000');
    expect((await desk.verify()).pass).toBe(true);
  });

  it('that are put into the book by hand stop the next fixing', async () => {
    const desk = await twoDays('2026-07-02T15:30:00Z');
    desk.write('book/quotes/late.csv', desk.read('book/quotes/first.csv').replaceAll('4', '1'));
    const { rejects } = await readBook(await findBook(desk.book));
    expect(rejects.map(({ code }) => code)).toContain('unlogged_capture');
    expect(rejects[0]?.file).toMatch(/late\.csv$/);
  });

  it('that are changed, or gone, are named', async () => {
    const desk = await twoDays('2026-07-02T15:30:00Z');
    const first = join(desk.book, 'quotes/first.csv');
    writeFileSync(first, readFileSync(first, 'utf8').replaceAll('2026-06-30', '2026-06-29'));
    const { rejects } = await readBook(await findBook(desk.book));
    expect(rejects.map(({ code }) => code)).toEqual(['changed_capture']);
    rmSync(first);
    const gone = await readBook(await findBook(desk.book));
    expect(gone.rejects.map(({ code }) => code)).toEqual(['missing_capture']);
  });

  it('are taken once, and an interruption at any point is completed', async () => {
    const whole = await twoDays('2026-07-02T15:30:00Z');
    const line = ['2026-07-03T15:00:00Z acme/alpha 5'];
    whole.at('2026-07-03T15:30:00Z');
    await whole.collect(line);
    const list = join(whole.book, 'captures.csv');
    const complete = readFileSync(list, 'utf8');
    const [path = ''] = complete.trimEnd().split('\n').at(-1)?.split(',') ?? [];
    const { size } = { size: whole.contents().records.length };
    // Logged, and killed before the file was listed.
    writeFileSync(list, complete.replace(/[^\n]*\n$/, ''));
    whole.at('2026-07-03T15:40:00Z');
    await whole.collect(line);
    expect(readFileSync(list, 'utf8')).toBe(complete);
    // Logged, and killed before the book had the file.
    writeFileSync(list, complete.replace(/[^\n]*\n$/, ''));
    rmSync(join(whole.book, path));
    await whole.collect(line);
    expect(readFileSync(list, 'utf8')).toBe(complete);
    expect(existsSync(join(whole.book, path))).toBe(true);
    expect(whole.contents().records).toHaveLength(size);
  });
});

describe('the first capture of a book', () => {
  const LINE = ['2026-07-01T14:00:00Z acme/alpha 5'];
  async function first(): Promise<TestDesk> {
    const desk = deskOf(RULES, OPENING);
    desk.at('2026-07-01T15:00:00Z');
    await desk.collect(LINE);
    return desk;
  }

  it('that was killed before it was listed is completed as the log has it', async () => {
    const desk = await first();
    const list = desk.read('book/captures.csv');
    rmSync(join(desk.book, 'captures.csv'));
    desk.at('2026-07-01T15:30:00Z');
    await desk.collect([]);
    const sorted = (text: string) => text.trimEnd().split('\n').sort();
    expect(sorted(desk.read('book/captures.csv'))).toEqual(sorted(list));
    desk.at('2026-07-01T16:30:00Z');
    await publishDay(desk, '2026-07-01');
    expect((await desk.verify()).pass).toBe(true);
  });

  it('takes no file in by hand where the list is gone', async () => {
    const desk = await first();
    rmSync(join(desk.book, 'captures.csv'));
    desk.write('book/quotes/late.csv', desk.read('book/quotes/first.csv').replaceAll(',2,', ',1,'));
    desk.at('2026-07-01T15:30:00Z');
    await expect(desk.collect([])).rejects.toThrow(/late\.csv is in no capture of the log/);
    expect(existsSync(join(desk.book, 'captures.csv'))).toBe(false);
  });

  it('opens with two files of the same bytes', async () => {
    const desk = deskOf(RULES, OPENING);
    desk.write('book/quotes/second.csv', desk.read('book/quotes/first.csv'));
    desk.at('2026-07-01T15:00:00Z');
    await desk.collect(LINE);
    expect(desk.read('book/captures.csv').trimEnd().split('\n')).toHaveLength(4);
    expect(desk.records('capture')).toHaveLength(2);
    desk.at('2026-07-01T16:30:00Z');
    await publishDay(desk, '2026-07-01');
    expect((await desk.verify()).pass).toBe(true);
  });
});

describe('a stranger', () => {
  it('sees a row that no capture has', async () => {
    const desk = await twoDays('2026-07-02T15:30:00Z');
    // An owner who takes captures.csv away can calculate from anything.
    rmSync(join(desk.book, 'captures.csv'));
    desk.write(
      'book/quotes/late.csv',
      desk.read('book/quotes/first.csv').replaceAll(',2,', ',1,').replaceAll('30T15', '30T16'),
    );
    desk.at('2026-07-03T16:30:00Z');
    await publishDay(desk, '2026-07-03');
    expect(await stepOf(desk, 'captures')).toMatch(/^fail: .*no capture of the log has the row/);
  });

  it('sees a row that claims an earlier time than its capture', async () => {
    const desk = await twoDays('2026-07-02T16:30:00Z');
    rmSync(join(desk.book, 'captures.csv'));
    desk.at('2026-07-03T16:30:00Z');
    await publishDay(desk, '2026-07-03');
    expect(await stepOf(desk, 'captures')).toMatch(/^fail: /);
  });
});

const WITNESS = signerOf('witness.example', 'witness', new Uint8Array(32).fill(9));

/** The witness sees the log at a moment. */
async function cosign(desk: TestDesk, moment: string): Promise<void> {
  const { checkpoint } = await offeredBy(desk.publication);
  const body = checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1);
  const line = cosignatureLine(body, (parseMoment(moment) ?? 0) / 1000, WITNESS);
  expect(await addCosignatures(desk.publication, checkpoint, [line])).toBe(true);
}

describe('a witness', () => {
  it('bounds the time of a capture: what it saw before the cut-off is no word of the owner', async () => {
    const desk = deskOf(RULES, OPENING);
    for (const [day, seen] of [
      ['2026-07-01', '15:10'],
      ['2026-07-02', '16:10'],
    ]) {
      desk.at(`${day}T15:00:00Z`);
      await desk.collect([`${day}T14:00:00Z acme/alpha ${day === '2026-07-01' ? 5 : 3}`]);
      await cosign(desk, `${day}T${seen}:00Z`);
      desk.at(`${day}T16:30:00Z`);
      await publishDay(desk, day ?? '');
    }
    await cosign(desk, '2026-07-02T16:40:00Z');
    const witnesses = [parseVerifierKey(WITNESS.verifierKey)];
    const { steps, pass } = await verify(directorySource(desk.publication), {
      keys: [],
      witnesses,
    });
    expect(pass).toBe(true);
    const { detail } = steps.find(({ name }) => name === 'captures') ?? {};
    expect(detail).toContain('; 1 of 2 captures were seen by witness.example before the cut-off');
  });
});
