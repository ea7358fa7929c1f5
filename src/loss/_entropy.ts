/** `q log q` for q >= 0, with its limit 0 at 0; NaN below 0. */
export const xLogX = (q: number): number => q === 0 ? 0 : q * Math.log(q);
