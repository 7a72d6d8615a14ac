// One offer's events from all sources become one history: what repeats the price in force, comes
// late from a slower catalogue or is decided against in decisions.csv stays out, with the reason.

import { TRUST } from './sources.mjs';
import { byText, comparePrices, roundPrice } from './tables.mjs';

/** `decide(event)` gives the event's row of decisions.csv, if there is one. */
export function mergeOffer(events, decide) {
  const history = { kept: [], leftOut: [], priced: [] };
  const candidates = events.filter((event) => isQuote(event, decide(event), history));
  for (const day of groupByDate(candidates)) {
    const chosen = chooseOfDay(day, decide);
    for (const other of day) {
      if (other !== chosen) leaveOut(history, other, sameDayReason(chosen, other));
    }
    consider(chosen, decide(chosen), history);
  }
  return history;
}

function isQuote(event, decision, history) {
  const reason = reasonNoQuote(event, decision);
  if (reason !== undefined) leaveOut(history, event, reason);
  return reason === undefined;
}

function reasonNoQuote(event, decision) {
  if (decision?.action === 'drop') return decision.reason;
  if (event.event === 'removed') return 'a catalogue removal is not a withdrawal';
  if (event.input === '' || event.output === '') return 'no price, or zero';
  return undefined;
}

function leaveOut(history, event, reason) {
  history.leftOut.push({ ...event, reason });
}

function groupByDate(events) {
  const days = new Map();
  for (const event of events) days.set(event.date, [...(days.get(event.date) ?? []), event]);
  return [...days.keys()].sort(byText).map((date) => days.get(date));
}

// A row that is kept as found and corrected wins; else the source most trusted, and of one source
// the last word of the day. A twin that also has the cached leg says more.
function chooseOfDay(day, decide) {
  const decided = day.find((event) => decide(event) !== undefined);
  if (decided) return decided;
  const ranked = [...day].sort(
    (a, b) => TRUST.indexOf(a.source) - TRUST.indexOf(b.source) || b.sequence - a.sequence,
  );
  const [best] = ranked;
  const twin = ranked.find((event) => samePrice(event, best) && event.cached !== '');
  return best.cached === '' && twin !== undefined ? twin : best;
}

function sameDayReason(chosen, other) {
  return samePrice(chosen, other)
    ? 'repeats a price of the same day'
    : 'another source or a later entry is followed for the day';
}

export function samePrice(a, b) {
  return a.input === b.input && a.output === b.output;
}

function consider(event, decision, history) {
  if (decision !== undefined) return keepAsFound(event, decision, history);
  const found = withoutIdleCache(event);
  const inForce = history.priced.at(-1);
  const reason = reasonToLeaveOut(found, inForce, history);
  if (reason !== undefined) return leaveOut(history, event, reason);
  if (inForce !== undefined && isContradiction(found, inForce)) found.disagrees = inForce.source;
  history.kept.push(found);
  history.priced.push(found);
}

function keepAsFound(event, decision, history) {
  history.kept.push({ ...event, decision });
  if (decision.action === 'reject') return;
  const { to_input: input, to_output: output, to_cached_input: cached } = decision;
  history.priced.push({ ...event, input, output, cached });
}

// A cached price that is no discount is a placeholder of the catalogue.
function withoutIdleCache(event) {
  const idle = event.cached !== '' && comparePrices(event.cached, event.input) >= 0;
  return { ...event, cached: idle ? '' : event.cached };
}

function reasonToLeaveOut(event, inForce, { kept, priced }) {
  const last = kept.at(-1);
  if (last?.decision !== undefined && samePrice(last, event)) {
    return 'repeats an entry that is corrected';
  }
  if (inForce === undefined) return undefined;
  const elsewhere = event.source !== inForce.source;
  if (!samePrice(event, inForce)) {
    const superseded = elsewhere && priced.some((old) => samePrice(old, event));
    return superseded ? 'late: a price that another source had already replaced' : undefined;
  }
  if (event.cached === '' || event.cached === inForce.cached) return 'repeats the price in force';
  if (inForce.cached === '') return undefined;
  if (event.cached === roundPrice(inForce.cached, 2)) return 'the cached price in force, rounded';
  const known = priced.some((old) => samePrice(old, event) && old.cached === event.cached);
  if (elsewhere && known) return 'late: a price that another source had already replaced';
  if (elsewhere && event.event === 'added') return 'another catalogue disagrees on the cached leg';
  return undefined;
}

function isContradiction(event, inForce) {
  return event.event === 'added' && event.source !== inForce.source && !samePrice(event, inForce);
}
