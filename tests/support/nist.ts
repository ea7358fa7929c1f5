/**
 * The linear regression sets of the Statistical Reference Datasets of NIST (StRD): data, and certified values to all
 * published digits. Each was checked against least squares in rational arithmetic, and agrees to the last digit; only
 * Pontius' second coefficient ends in ...4010025, which is published as ...401003. They are in the public domain.
 *
 * Source: https://www.itl.nist.gov/div898/strd/lls/lls.shtml
 *
 * @module
 */

/** One reference set: the data, the model that is fitted, and what is certified of the fit. */
export interface ReferenceSet {
  /** The name that NIST gives it. */
  readonly name: string;
  /** The target [n]. */
  readonly y: readonly number[];
  /** The predictors, [n] each. */
  readonly predictors: readonly (readonly number[])[];
  /** The columns are the powers 1 to `degree` of each predictor. */
  readonly degree: number;
  /** Whether the model has an intercept, which is then the first coefficient. */
  readonly intercept: boolean;
  /** The most decimal places that a number of the set has: times 10 to this, all are integers. */
  readonly places: number;
  /** The certified coefficients. */
  readonly coefficients: readonly number[];
  /** The certified `sqrt(RSS / (n - p))`, for p coefficients. */
  readonly residualDeviation: number;
}

const numbers = (text: string): readonly number[] => text.trim().split(/\s+/).map(Number);

/** Column `at` of a text that has `width` numbers per row. */
const column = (text: string, at: number, width: number): readonly number[] =>
  numbers(text).filter((_, index) => index % width === at);

/** Target and predictor, row after row. */
const NORRIS = `
    0.1 0.2 338.8 337.4 118.1 118.2 888.0 884.6 9.2 10.1 228.1 226.5 668.5 666.3 998.5 996.3 449.1 448.6 778.9
    777.0 559.2 558.2 0.3 0.4 0.1 0.6 778.1 775.5 668.8 666.9 339.3 338.0 448.9 447.5 10.8 11.6 557.7 556.0
    228.3 228.1 998.0 995.8 888.8 887.6 119.6 120.2 0.3 0.3 0.6 0.3 557.6 556.8 339.3 339.1 888.0 887.2 998.5
    999.0 778.9 779.0 10.2 11.1 117.6 118.3 228.9 229.2 668.4 669.1 449.2 448.9 0.2 0.5
`;

/** The ozone monitors: a straight line. */
const norris: ReferenceSet = {
  name: "Norris",
  y: column(NORRIS, 0, 2),
  predictors: [column(NORRIS, 1, 2)],
  degree: 1,
  intercept: true,
  places: 1,
  coefficients: [-0.262323073774029, 1.00211681802045],
  residualDeviation: 0.884796396144373,
};

/** The load cells: a parabola over loads of up to three million, measured twice. */
const pontius: ReferenceSet = {
  name: "Pontius",
  y: numbers(`
    0.11019 0.21956 0.32949 0.43899 0.54803 0.65694 0.76562 0.87487 0.98292 1.09146 1.20001 1.30822 1.41599
    1.52399 1.63194 1.73947 1.84646 1.95392 2.06128 2.16844 0.11052 0.22018 0.32939 0.43886 0.54798 0.65739
    0.76596 0.87474 0.98300 1.09150 1.20004 1.30818 1.41613 1.52408 1.63159 1.73965 1.84696 1.95445 2.06177
    2.16829
  `),
  predictors: [Array.from({ length: 40 }, (_, i) => 150000 * (i % 20 + 1))],
  degree: 2,
  intercept: true,
  places: 5,
  coefficients: [0.673565789473684e-3, 0.732059160401003e-6, -0.316081871345029e-14],
  residualDeviation: 0.205177424076185e-3,
};

/** A line through the origin, far from it. */
const noInt1: ReferenceSet = {
  name: "NoInt1",
  y: Array.from({ length: 11 }, (_, i) => 130 + i),
  predictors: [Array.from({ length: 11 }, (_, i) => 60 + i)],
  degree: 1,
  intercept: false,
  places: 0,
  coefficients: [2.07438016528926],
  residualDeviation: 3.56753034006338,
};

/** A line through the origin, three points. */
const noInt2: ReferenceSet = {
  name: "NoInt2",
  y: [3, 4, 4],
  predictors: [[4, 5, 6]],
  degree: 1,
  intercept: false,
  places: 0,
  coefficients: [0.727272727272727],
  residualDeviation: 0.369274472937998,
};

/** Predictor and target of a polynomial of degree 10, row after row. */
const FILIP = `
    -6.860120914 0.8116 -4.324130045 0.9072 -4.358625055 0.9052 -4.358426747 0.9039 -6.955852379 0.8053
    -6.661145254 0.8377 -6.355462942 0.8667 -6.118102026 0.8809 -7.115148017 0.7975 -6.815308569 0.8162
    -6.519993057 0.8515 -6.204119983 0.8766 -5.853871964 0.8885 -6.109523091 0.8859 -5.79832982 0.8959
    -5.482672118 0.8913 -5.171791386 0.8959 -4.851705903 0.8971 -4.517126416 0.9021 -4.143573228 0.909
    -3.709075441 0.9139 -3.499489089 0.9199 -6.300769497 0.8692 -5.953504836 0.8872 -5.642065153 0.89
    -5.031376979 0.891 -4.680685696 0.8977 -4.329846955 0.9035 -3.928486195 0.9078 -8.56735134 0.7675
    -8.363211311 0.7705 -8.107682739 0.7713 -7.823908741 0.7736 -7.522878745 0.7775 -7.218819279 0.7841
    -6.920818754 0.7971 -6.628932138 0.8329 -6.323946875 0.8641 -5.991399828 0.8804 -8.781464495 0.7668
    -8.663140179 0.7633 -8.473531488 0.7678 -8.247337057 0.7697 -7.971428747 0.77 -7.676129393 0.7749
    -7.352812702 0.7796 -7.072065318 0.7897 -6.774174009 0.8131 -6.478861916 0.8498 -6.159517513 0.8741
    -6.835647144 0.8061 -6.53165267 0.846 -6.224098421 0.8751 -5.910094889 0.8856 -5.598599459 0.8919
    -5.290645224 0.8934 -4.974284616 0.894 -4.64454848 0.8957 -4.290560426 0.9047 -3.885055584 0.9129
    -3.408378962 0.9209 -3.13200249 0.9219 -8.726767166 0.7739 -8.66695597 0.7681 -8.511026475 0.7665
    -8.165388579 0.7703 -7.886056648 0.7702 -7.588043762 0.7761 -7.283412422 0.7809 -6.995678626 0.7961
    -6.691862621 0.8253 -6.392544977 0.8602 -6.067374056 0.8809 -6.684029655 0.8301 -6.378719832 0.8664
    -6.065855188 0.8834 -5.752272167 0.8898 -5.132414673 0.8964 -4.811352704 0.8963 -4.098269308 0.9074
    -3.66174277 0.9119 -3.2644011 0.9228
`;

/** A polynomial of degree 10: the condition number of the standardised columns is 3.8e9. */
const filip: ReferenceSet = {
  name: "Filip",
  y: column(FILIP, 1, 2),
  predictors: [column(FILIP, 0, 2)],
  degree: 10,
  intercept: true,
  places: 9,
  coefficients: numbers(`
    -1467.48961422980 -2772.17959193342 -2316.37108160893 -1127.97394098372 -354.478233703349 -75.1242017393757
    -10.8753180355343 -1.06221498588947 -0.670191154593408E-01 -0.246781078275479E-02 -0.402962525080404E-04
  `),
  residualDeviation: 0.334801051324544e-2,
};

/** Prices, product, unemployed, forces, population, year; then employment. */
const LONGLEY = `
    83 234289 2356 1590 107608 1947 60323
    88.5 259426 2325 1456 108632 1948 61122
    88.2 258054 3682 1616 109773 1949 60171
    89.5 284599 3351 1650 110929 1950 61187
    96.2 328975 2099 3099 112075 1951 63221
    98.1 346999 1932 3594 113270 1952 63639
    99 365385 1870 3547 115094 1953 64989
    100 363112 3578 3350 116219 1954 63761
    101.2 397469 2904 3048 117388 1955 66019
    104.6 419180 2822 2857 118734 1956 67857
    108.4 442769 2936 2798 120445 1957 68169
    110.8 444546 4681 2637 121950 1958 66513
    112.6 482704 3813 2552 123366 1959 68655
    114.2 502601 3931 2514 125368 1960 69564
    115.7 518173 4806 2572 127852 1961 69331
    116.9 554894 4007 2827 130081 1962 70551
`;

/** The economy of 16 years: six columns that move together. */
const longley: ReferenceSet = {
  name: "Longley",
  y: column(LONGLEY, 6, 7),
  predictors: Array.from({ length: 6 }, (_, at) => column(LONGLEY, at, 7)),
  degree: 1,
  intercept: true,
  places: 1,
  coefficients: numbers(`
    -3482258.63459582 15.0618722713733 -0.358191792925910E-01 -2.02022980381683 -1.03322686717359
    -0.511041056535807E-01 1829.15146461355
  `),
  residualDeviation: 304.854073561965,
};

/** What Wampler 3, 4 and 5 add to the polynomial, 1, 100 and 10,000 times: orthogonal to 1, x, ..., x^5. */
const NOISE = numbers("759 -2048 2048 -2048 2523 -2048 2048 -2048 1838 -2048 2048").concat(
  numbers("-2048 1838 -2048 2048 -2048 2523 -2048 2048 -2048 759"),
);

/** A polynomial of degree 5 at 0, 1, ..., 20: exact for `noise` 0, else with noise that leaves the coefficients alone. */
function wampler(which: number, base: number, noise: number, residualDeviation: number): ReferenceSet {
  const coefficients = Array.from({ length: 6 }, (_, k) => Number(`1e${-base * k}`));
  const at = Array.from({ length: 21 }, (_, i) => i);
  // Integers of up to 13 digits until the one division.
  const y = at.map((x) => {
    const sum = coefficients.reduce((total, _, k) => total + 10 ** (base * (5 - k)) * x ** k, 0);
    return sum / 10 ** (5 * base) + noise * NOISE[x];
  });
  return {
    name: `Wampler${which}`,
    y,
    predictors: [at],
    degree: 5,
    intercept: true,
    places: 5 * base,
    coefficients,
    residualDeviation,
  };
}

/** Every set: those of lower difficulty first, as NIST grades them. */
export const REFERENCE_SETS: readonly ReferenceSet[] = [
  norris,
  pontius,
  noInt1,
  noInt2,
  filip,
  longley,
  wampler(1, 0, 0, 0),
  wampler(2, 1, 0, 0),
  wampler(3, 0, 1, 2360.14502379268),
  wampler(4, 0, 100, 236014.502379268),
  wampler(5, 0, 10000, 23601450.2379268),
];
