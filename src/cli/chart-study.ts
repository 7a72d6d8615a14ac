import { MtokError, nearest } from '../domain/failure.ts';
import type { Study, StudyChart } from '../domain/study.ts';
import { readText } from '../ingest/files.ts';
import { framed } from '../site/charts/chart-file.ts';
import { studyChart } from '../site/charts/study-chart.ts';
import { parseStudy } from '../study/parse.ts';

export interface StudyChartFlags {
  readonly study: string;
  readonly chart?: string;
  readonly width: number;
  readonly height: number;
  readonly log?: boolean;
  readonly dark?: boolean;
}

/** A chart of a study as SVG, and what it shows. */
export async function drawnStudy(flags: StudyChartFlags): Promise<{ svg: string; said: string }> {
  const study = parseStudy(await readText(flags.study), flags.study);
  const chart = chosen(study, flags.chart);
  const { width, height, log = false, dark: isDark = false } = flags;
  const source = [...study.sources, 'Research: no fixing depends on it'][0] ?? '';
  const subtitle = [chart.unit, study.about].filter((text) => text !== '').join(' · ');
  const svg = framed(
    (size) => {
      const drawn = studyChart(study, chart, size, log);
      if (drawn.markup !== '') return drawn;
      throw new MtokError('no', `chart ${chart.name} of ${flags.study} has no values`);
    },
    {
      ...{ title: shortened(chart.title, width), subtitle: shortened(subtitle, width) },
      source: shortened(source, width),
    },
    { width, height, isDark },
  );
  return { svg, said: `${study.study}, chart ${chart.name}` };
}

function chosen({ charts, study }: Study, name: string | undefined): StudyChart {
  const [first] = charts;
  if (!first) throw new MtokError('no', `the study ${study} has no chart`);
  if (name === undefined) return first;
  const found = charts.find((one) => one.name === name);
  if (found) return found;
  const names = charts.map((one) => one.name);
  const near = nearest(name, names);
  const advice = near ? `did you mean ${near}?` : `expected one of ${names.join(', ')}`;
  throw new MtokError('usage', `unknown chart ${name}: ${advice}`);
}

const LETTER = 6.2;

/** One line above or below the chart: the rest is in the study. */
function shortened(text: string, width: number): string {
  const most = Math.floor((width - 40) / LETTER);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
