/** Why something is not accepted: a step of verifying that fails says this. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Refusal';
  }
}

/** @throws {Refusal} unless a condition holds. */
export function ensure(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Refusal(otherwise);
}
