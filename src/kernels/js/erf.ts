/**
 * The error function in double precision, for the twins: the Taylor-like series `2/sqrt(pi) e^{-x²} sum 2^n x^{2n+1} / (2n+1)!!`
 * (all terms positive, so nothing cancels) up to |x| = 2.5, and the continued fraction of erfc beyond it, by Lentz's method.
 * Source: NIST Digital Library of Mathematical Functions, 7.6.2 and 7.9.1.
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (!(size < 6)) return Number.isNaN(x) ? NaN : Math.sign(x);
  return size <= 2.5 ? series(x) : Math.sign(x) * (1 - erfcTail(size));
}

function series(x: number): number {
  const square = x * x;
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= 2 * square / (2 * n + 1);
    sum += term;
  }
  return 2 / Math.sqrt(Math.PI) * Math.exp(-square) * sum;
}

/** `erfc(x) = e^{-x²} / sqrt(pi) / (x + (1/2)/(x + 1/(x + (3/2)/(x + ...))))`. */
function erfcTail(x: number): number {
  let fraction = x;
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}
