import fc from 'fast-check';

/** The columns of the looks. */
export const HEADER =
  'seller,model,region,effective_at,observed_at,valid_until,input,output,source';

/** Few values, so that looks repeat, contradict one another and come back. */
export const looks = fc
  .record({
    seller: fc.constantFrom('acme', 'acme', 'beta', ''),
    model: fc.constantFrom('alpha', 'alpha', '"alpha"', 'ümlaut'),
    region: fc.constantFrom('', '', 'global', 'us'),
    effective: fc.constantFrom(
      ...['2026-07-01', '2026-07-01T00:00:00Z', '2026-07-01T08:00:00+08:00', '2026-07-02'],
      ...[
        '2026-07-03T12:30:00Z',
        '2026-07-04',
        '2026-07-05T00:00:00.500Z',
        '2026-02-30',
        '',
        'July',
      ],
    ),
    observed: fc.constantFrom('', '', '', '2026-07-02', '2026-07-03T12:30:00Z', '2026-07-09', 'x'),
    until: fc.constantFrom('', '', '', '2026-07-03', '2026-08-01'),
    input: fc.constantFrom('1', '1', '1.0', '1.00', '2', '0', '-1', '1e0', 'NaN', ''),
    output: fc.constantFrom('3', '3', '3.0', '4', ''),
    source: fc.constantFrom('', 'a', 'b', '"c, d"', '"e ""f"""'),
    ending: fc.constantFrom('', '', '', '', ',more', '\r'),
  })
  .map(
    ({ seller, model, region, effective, observed, until, input, output, source, ending }) =>
      `${[seller, model, region, effective, observed, until, input, output, source]}${ending}`,
  );

/** Sound looks at a few offers whose prices come and go, so that their groups do not tell when. */
export const turns = fc
  .array(
    fc.record({
      seller: fc.constantFrom('acme', 'beta', 'gamma', 'delta'),
      region: fc.constantFrom('', '', 'global'),
      day: fc.integer({ min: 1, max: 9 }),
      observed: fc.constantFrom('', '', '', '2026-07-02', '2026-07-05', '2026-07-08'),
      input: fc.constantFrom('1', '1', '1.0', '2'),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((rows) =>
    rows.map(
      ({ seller, region, day, observed, input }) =>
        `${seller},alpha,${region},2026-07-0${day},${observed},,${input},3,`,
    ),
  );
