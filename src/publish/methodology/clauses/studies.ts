import type { Section } from './clause.ts';

/** What is calculated from published prices, and is no fixing. */
export const STUDIES: Section = {
  title: '13. What a token costs to make',
  clauses: [
    {
      id: 'spread',
      title: 'The spread',
      keys: [],
      code: 'src/study/implied-price.ts',
      test: 'test/study/spread.test.ts',
      text: [
        'A **reference system** declares on which GPUs a model runs, how many tokens a second it makes of prompts and of completions at full load, and for what share of the paid hours it is at full load (its utilization), each number with its source; or the FLOP of a token and the FLOP/s that a GPU achieves. From the published price of a GPU hour follows what a million tokens of a leg cost to make: `rate × GPUs × 10⁶ ÷ (tokens/s × 3600 × utilization)`, rounded to 40 digits, and blended by the workload of the token index. The margin is what the token index says, less that. It is no profit: staff, network, licences and empty weekends are not in it. No fixing depends on it.',
        'By hand, with the system `LLAMA-70B-H100X2` 1.0.0 (two GPUs, 4223 completion tokens/s, a utilization of 0.5), a GPU hour at 3.3750 and a workload of output tokens alone: `3.3750 × 2 × 10⁶ ÷ (4223 × 3600 × 0.5) = 6750000 ÷ 7601400 = 0.8880` USD/MTok. Listed at 0.7100, the margin is −0.1780, −25.1% of it. At twice the utilization, 1, the same tokens cost half, 0.4440, and the margin is 0.2660; it is 0 where the utilization is 0.4440 ÷ 0.7100 = 0.625.',
      ],
    },
  ],
};
