/** A value that is calculated when it is first asked for, and never again. */
export function once<Value>(calculate: () => Value): () => Value {
  let value: { readonly is: Value } | undefined;
  return () => {
    value ??= { is: calculate() };
    return value.is;
  };
}
