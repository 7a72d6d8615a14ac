import type { Command } from 'commander';
import { MtokError } from '../domain/failure.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestOf } from '../domain/versions.ts';
import { withWorkload } from '../fix/sensitivity.ts';
import type { Book } from '../ingest/book.ts';
import { readWorkloads } from '../ingest/workload.ts';
import { plainRules } from '../study/market-prices.ts';
import { chooseIndices } from './book.ts';
import { requireGood } from './require-good.ts';
import { shippedFile } from './shipped.ts';
import { workloadNamed } from './workloads.ts';

/** How a command that looks at all models of a book forms their prices. */
export interface PriceFlags {
  readonly index?: string;
  readonly workload?: string;
  readonly workloads?: string;
}

export function withPriceFlags(command: Command): Command {
  return command
    .option('--index <id>', 'prices by the rules of an index (default: list prices at 3:1)')
    .option('--workload <name>', 'another token mix: one that mtok workloads lists')
    .option('--workloads <path>', 'a folder or a file of workloads (default: shipped ones)');
}

/** The rules by which prices are formed. No basket, base date or gate of theirs is read. */
export async function priceRules(flags: PriceFlags, book: Book): Promise<Rulebook> {
  const declared =
    flags.workload === undefined
      ? undefined
      : workloadNamed(
          flags.workload,
          await readWorkloads(flags.workloads ?? shippedFile('workloads')),
        );
  if (flags.index === undefined) return plainRules(declared);
  const [versions] = chooseIndices(book, flags.index);
  if (!versions) throw new MtokError('data', 'expected a rulebook: give one with --rulebook FILE');
  const rules = latestOf(versions);
  requireGood(rules, 'token');
  return declared ? withWorkload(rules, declared) : rules;
}
