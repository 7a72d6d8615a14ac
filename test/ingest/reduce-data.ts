import fc from 'fast-check';

export const TICK_HEADER =
  'seller,model,region,at,input,output,cached_input,currency,unit,volume,input_tokens,output_tokens,cached_tokens,requests';

/** Few values, so that offers, moments and prices repeat; some rows are at fault. */
export const tickLines: fc.Arbitrary<string[]> = fc.array(
  fc
    .record({
      seller: fc.constantFrom('acme', 'acme', 'bolt', ''),
      model: fc.constantFrom('alpha', 'alpha', '\u00fcmlaut'),
      region: fc.constantFrom('', 'global', 'us'),
      at: fc.constantFrom(
        ...[
          '2026-07-01',
          '2026-07-01T00:00:00Z',
          '2026-07-01T06:00:00Z',
          '2026-07-01T06:00:00.500Z',
        ],
        ...['2026-07-01T08:00:00+02:00', '2026-07-01T16:00:00Z', '2026-07-02T23:59:59.999999Z'],
        ...['2026-07-05T12:00:00Z', '1969-12-31T23:00:00Z', '2026-02-30', ''],
      ),
      input: fc.constantFrom('1', '1.0', '1.00', '2', '3e0', '0.000001', '0', 'x'),
      output: fc.constantFrom('4', '5.5', '7', ''),
      cached: fc.constantFrom('', '', '0.1', '0.30', '0'),
      currency: fc.constantFrom('', '', '', '', 'USD', 'EUR'),
      unit: fc.constantFrom('', '', '', 'per_mtok', 'per_1k'),
      volume: fc.constantFrom(
        '',
        '1',
        '2.50',
        '0',
        '1e3',
        '0.0000000000001',
        '-1',
        '999999999999999999',
      ),
      tokens: fc.constantFrom(
        '5,6,0,1',
        '10,1,10,',
        '1,2,3,1',
        '999999999999999999999999,0,,2',
        'x,1,,',
        '7,8,,1',
      ),
      ending: fc.constantFrom('', '', '', '', '', '', ',more'),
    })
    .map(
      ({
        seller,
        model,
        region,
        at,
        input,
        output,
        cached,
        currency,
        unit,
        volume,
        tokens,
        ending,
      }) =>
        `${[seller, model, region, at, input, output, cached, currency, unit, volume, tokens]}${ending}`,
    ),
  { minLength: 1, maxLength: 60 },
);
