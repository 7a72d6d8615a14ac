/** Counts for Prometheus: labels are names of routes and statuses, never what a reader sent. */
export interface Metrics {
  readonly request: (route: string, status: number, seconds: number) => void;
  readonly refreshFailed: () => void;
  readonly text: (gauges: readonly Gauge[]) => string;
}

export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly value: number;
}

/** Upper ends of the classes, in seconds. */
const CLASSES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Durations {
  readonly counts: number[];
  sum: number;
  count: number;
}

export function metricsOf(): Metrics {
  const requests = new Map<string, Map<number, number>>();
  const durations = new Map<string, Durations>();
  let failures = 0;
  return {
    request: (route, status, seconds) => {
      const of = requests.get(route) ?? new Map<number, number>();
      requests.set(route, of);
      of.set(status, (of.get(status) ?? 0) + 1);
      const own = durations.get(route) ?? { counts: CLASSES.map(() => 0), sum: 0, count: 0 };
      durations.set(route, own);
      own.sum += seconds;
      own.count += 1;
      const place = CLASSES.findIndex((end) => seconds <= end);
      if (place >= 0) own.counts[place] = (own.counts[place] ?? 0) + 1;
    },
    refreshFailed: () => {
      failures += 1;
    },
    text: (gauges) =>
      [
        ...requestLines(requests),
        ...durationLines(durations),
        ...lines('mtok_refresh_failures_total', 'counter', 'Looks at files that were not whole', [
          ['', failures],
        ]),
        ...gauges.flatMap(({ name, help, value }) => lines(name, 'gauge', help, [['', value]])),
        '',
      ].join('\n'),
  };
}

function requestLines(requests: ReadonlyMap<string, ReadonlyMap<number, number>>): string[] {
  const values = [...requests].flatMap(([route, of]) =>
    [...of].map(([status, count]): [string, number] => [
      `{route="${route}",status="${status}"}`,
      count,
    ]),
  );
  return lines('mtok_http_requests_total', 'counter', 'Requests that were answered', values);
}

function durationLines(durations: ReadonlyMap<string, Durations>): string[] {
  const name = 'mtok_http_request_duration_seconds';
  const values = [...durations].flatMap(([route, { counts, sum, count }]) => {
    let below = 0;
    const classes = CLASSES.map((end, place): [string, number] => {
      below += counts[place] ?? 0;
      return [`_bucket{route="${route}",le="${end}"}`, below];
    });
    return [
      ...classes,
      [`_bucket{route="${route}",le="+Inf"}`, count] as [string, number],
      [`_sum{route="${route}"}`, sum] as [string, number],
      [`_count{route="${route}"}`, count] as [string, number],
    ];
  });
  return lines(name, 'histogram', 'From a request to the end of its answer', values);
}

function lines(
  name: string,
  type: string,
  help: string,
  values: readonly (readonly [string, number])[],
): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...values.map(([suffix, value]) => `${name}${suffix} ${value}`),
  ];
}
