/** erf(x) / x as a polynomial in x² up to |x| = 1, and erfc(x) exp(x²) as one in u beyond it: the same as in `kernels/erf.ts`. */
const NEAR = [
  1.1283791670955126,
  -0.3761263890318375,
  0.11283791670954879,
  -0.026866170645076792,
  0.0052239776248180145,
  -0.000854832698083379,
  0.0001205533111164271,
  -1.4925595266831182e-05,
  1.6461000484121368e-06,
  -1.6350312701054695e-07,
  1.4659775274047436e-08,
  -1.1372848856791674e-09,
  5.957176147748911e-11,
];
const FAR = [
  0.2214295402299318,
  -0.16189356804102498,
  0.03856057042518243,
  -0.005588816281839559,
  0.0001971391777277111,
  8.079220426206243e-05,
  -7.340517934853432e-06,
  -1.9795618120176187e-06,
  1.634993523321315e-07,
  7.005316575245999e-08,
  -5.88533792885609e-10,
  -2.62394549449794e-09,
  -2.6883366192726585e-10,
  7.350982522096298e-11,
  2.2281211021892224e-11,
  2.346156379553977e-13,
  -1.020058948732685e-12,
  -1.9582631954946126e-13,
  1.9555537393464618e-14,
  1.1300112348170487e-14,
];

const horner = (coefficients: readonly number[], at: number) => coefficients.reduceRight((sum, c) => sum * at + c, 0);

/** The error function in double precision: the polynomials of `kernels/erf.ts`, and `Math.exp`. Error below 2 ulp. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (!(size < 6)) return Number.isNaN(x) ? NaN : Math.sign(x);
  if (size < 1) return x * horner(NEAR, x * x);
  const u = ((size - 2) / (size + 2) - 1 / 12) * 2.4;
  return Math.sign(x) * (1 - Math.exp(-x * x) * horner(FAR, u));
}
