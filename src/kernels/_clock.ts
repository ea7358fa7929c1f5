/** The one clock of the library [ms]: by it threads measure whether sharing pays, and no result depends on it. */
export const clock = (): number => performance.now();
