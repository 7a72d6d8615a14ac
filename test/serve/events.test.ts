import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { publishDays } from '../publish/publications.ts';
import { gatedPublication, publication, revisedPublication, served } from './served.ts';

const fieldsOf = (text: string) =>
  text
    .split('\n\n')
    .filter((block) => block.startsWith('id: '))
    .map((block) => {
      const [id = '', event = '', data = ''] = block
        .split('\n')
        .map((line) => line.replace(/^\w+: /, ''));
      const { index, date, revision, state } = JSON.parse(data);
      return `${id} ${event} ${index} ${date} ${revision} ${state}`;
    });

const all = '/v1/events?after=0&follow=false';

describe('events', () => {
  it('are the entries of the log, in their order', async () => {
    const { server } = await served(await revisedPublication());
    expect(fieldsOf((await server.inject(all)).body)).toEqual([
      '1 published ALPHA 2026-07-02 0 final',
      '2 published BETA 2026-07-02 0 provisional',
      '4 published ALPHA 2026-07-03 0 final',
      '5 published BETA 2026-07-03 0 provisional',
      '6 finalized BETA 2026-07-02 0 final',
      '8 published ALPHA 2026-07-04 0 final',
      '9 published BETA 2026-07-04 0 provisional',
      '11 restated BETA 2026-07-03 1 provisional',
    ]);
  });

  it('say what was withheld', async () => {
    const { server } = await served(await gatedPublication(['2026-07-02', '2026-07-03']));
    const { body } = await server.inject(all);
    expect(fieldsOf(body)).toContain('4 withheld GATED 2026-07-03 0 final');
    expect(body).not.toMatch(/price|level/);
  });

  it('go on after the last one that was read', async () => {
    const { server } = await served(await publication());
    const whole = fieldsOf((await server.inject(all)).body);
    for (const id of [0, 5, 14, 19, 500]) {
      const expected = whole.filter((one) => Number(one.split(' ')[0]) > id);
      const { body } = await server.inject(`/v1/events?after=${id}&follow=false`);
      expect(fieldsOf(body)).toEqual(expected);
      const headers = { 'last-event-id': String(id) };
      const again = await server.inject({ url: all, headers });
      expect(fieldsOf(again.body)).toEqual(expected);
    }
    const headers = { 'last-event-id': 'x; drop' };
    const refused = await server.inject({ url: '/v1/events', headers });
    expect([refused.statusCode, refused.json().parameter]).toEqual([400, 'Last-Event-ID']);
    expect((await server.inject({ method: 'HEAD', url: '/v1/events' })).statusCode).toBe(200);
  });

  it('come as they happen, and the stream ends with its reader or the server', async () => {
    const directory = await publication(['2026-07-01']);
    const { server, current } = await served(directory, { patience: { beatMs: 20 } });
    await server.listen({ port: 0 });
    const { port } = server.server.address() as AddressInfo;
    const leave = new AbortController();
    const url = `http://127.0.0.1:${port}/v1/events`;
    const answer = await fetch(url, { signal: leave.signal });
    const other = await fetch(url);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (pattern: RegExp) => {
      while (!pattern.test(text)) text += (await reader.read()).value ?? '';
    };
    await until(/still here/);
    expect(fieldsOf(text)).toEqual([]);
    await publishDays(directory, ['2026-07-02']);
    await current.refresh();
    await until(/id: 6/);
    expect(fieldsOf(text).map((one) => one.split(' ').slice(0, 3).join(' '))).toEqual([
      '4 published ALPHA',
      '5 published BETA',
      '6 finalized BETA',
    ]);
    const readers = async () =>
      /mtok_event_readers (\d+)/.exec((await server.inject('/metrics')).body)?.[1];
    expect(await readers()).toBe('2');
    leave.abort();
    while ((await readers()) !== '1') await new Promise((resolve) => setTimeout(resolve, 5));
    await server.close();
    expect(await other.text()).toContain('id: 6');
  });
});
