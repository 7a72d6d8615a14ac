import type { Section } from './clause.ts';

/** How a constituent gets one price. */
export const CONSTITUENTS: Section = {
  title: '4. One price per constituent',
  clauses: [
    {
      id: 'seller-quote',
      title: "A seller's quote",
      keys: ['universe.regions', 'price.venues', 'price.constituent'],
      code: 'src/select/seller-quotes.ts',
      test: 'test/select/seller-quotes.test.ts',
      text: [
        'For each seller: the quotes in force and known, in the first region of the rulebook in which the seller quotes, at the first venue of its list, else at the seller itself, else where it was seen last; of the service tier, context tier and hours that the reference workload asks for. Where two names of a seller mean one model, the later quote stands, of the same moment the smaller name. A constituent is a model with all its sellers, or one model at one seller.',
      ],
    },
    {
      id: 'time-of-day',
      title: 'Hours of the day',
      keys: ['price.time_of_day'],
      code: 'src/calculate/time-weighted.ts',
      test: 'test/calculate/time-of-day.test.ts',
      text: [
        'A price that holds at certain hours only is taken where the cut-off lies in them, before the price for the rest of the day. With `time_weighted` the price of a seller is its mean over the UTC day of the fixing, by the hours that each of its prices holds; what is in force at the cut-off stands for the rest of the day.',
      ],
    },
    {
      id: 'gpu-hour',
      title: 'The GPU hour',
      keys: [],
      code: 'src/domain/goods/gpu-hour.ts',
      test: 'test/calculate/gpu-hour.test.ts',
      text: [
        'Under `good: gpu_hour` a constituent is a SKU: the GPU with its form and memory, so that SXM, PCIe and NVL are three constituents and never one price. There is one leg, the rate of one GPU for one hour, and the reference price is the rate of the basket. The workload says how many GPUs are rented at once and on which terms (on demand, reserved, spot, community, serverless): a seller that has a price for such a node is taken at that price, else at its price for fewer; offers on other terms are other offers. An offer that is called mixed is the cheapest of a seller that is no spot offer, where a source does not say which: an index of those shows where a market is, and is no price that anybody can buy at. Everything else in this document holds for both goods.',
      ],
    },
    {
      id: 'owners',
      title: 'Owners',
      keys: [],
      code: 'src/calculate/sellers.ts',
      test: 'test/calculate/constituent.test.ts',
      text: ['Sellers of one owner have one vote: the median of their prices.'],
    },
    {
      id: 'screen',
      title: 'Screens',
      keys: ['price.screen'],
      code: 'src/calculate/screen.ts',
      test: 'test/calculate/constituent.test.ts',
      text: [
        "A **screen** (MAD) leaves out an owner that lies more than sigma × 1.4826 × MAD from the median on any leg; where the MAD is 0, because prices are copied, an owner beyond the ratio band around the median is left out. The screen by the previous price leaves out an owner beyond the ratio band around the constituent's price of the calendar day before. Below three owners nothing is screened; equality is not an excess; an owner out on one leg is out on all.",
      ],
    },
    {
      id: 'sellers',
      title: 'Sellers together',
      keys: ['price.sellers', 'price.trim', 'price.basis_weights', 'price.seller_cap'],
      code: 'src/calculate/sellers.ts',
      test: 'test/calculate/constituent.test.ts',
      text: [
        'The remaining sellers are combined leg by leg. The median of an even number is the mean of the middle two; the weighted median is the lower one, always a price that somebody quoted; a trimmed mean takes a share of the weight off each side; the minimum is the seller with the lowest price of the workload, whole. Weighted methods weigh a seller by the basis of its quote, and no owner by more than the seller cap, or 1/n where that is more. The first party is the seller whose id is that of the lab.',
      ],
    },
    {
      id: 'workload',
      title: 'The reference workload',
      keys: ['workload', 'good', 'unit'],
      code: 'src/calculate/blend.ts',
      test: 'test/calculate/constituent.test.ts',
      text: [
        'The **reference workload** blends the legs into one price: p = Σ share × leg, with shares that are exactly 1 in sum. It also says how long prompts are, which picks the context tier, and the service tier. A seller without a cached price bills cached tokens at the leg that the rulebook names. All legs are published beside the price.',
      ],
    },
  ],
};
