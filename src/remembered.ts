/**
 * Makes a function of one object whose answer is worked out once, and lives as long as the object. The answer is kept in the object itself,
 * where copies (`{ ...object }`), comparisons and JSON do not see it. A WeakMap would keep all that its answers lead to until V8 collects the
 * old generation, for its young one takes them as used: reading many apps then takes twice the memory, and a third of the time.
 */
export function remembered<Owner extends object, Value>(answer: (owner: Owner) => Value): (owner: Owner) => Value {
  const key = Symbol(answer.name);
  return (owner) => {
    const known = (owner as { readonly [key]?: { readonly value: Value } })[key];
    if (known !== undefined) return known.value;
    const value = answer(owner);
    Object.defineProperty(owner, key, { value: { value }, configurable: true });
    return value;
  };
}
