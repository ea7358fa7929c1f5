/** Some fields of a record, as they are. */
export const pick = <Value extends object, Key extends keyof Value>(
  value: Value,
  names: readonly Key[],
): Pick<Value, Key> => Object.fromEntries(names.map((name) => [name, value[name]])) as Pick<Value, Key>;
