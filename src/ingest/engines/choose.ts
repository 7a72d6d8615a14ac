import { MtokError } from '../../domain/failure.ts';
import type { Engine, EngineName } from './engine.ts';

export type EngineChoice = EngineName | 'auto';

/** The engine of a name, loaded when it is used. */
export async function engineNamed(choice: EngineChoice): Promise<Engine> {
  if (choice === 'auto' || choice === 'node') return (await import('./node.ts')).NODE_ENGINE;
  throw new MtokError('usage', `expected --engine node: ${choice} is not built in yet`);
}
