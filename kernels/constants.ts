// Where a module keeps what it does not change.

/** Where the module's own constants end in memory; the arena starts after them. */
export function constantsEnd(): usize {
  return __heap_base;
}
