// How long threads go on sharing where it does not pay: the same for calls and for steps.

/** Sharing is given up once it is behind by so much [ms]: about a slice of the scheduler, which also a quiet machine takes. */
export const PATIENCE = 3;

/** What sharing gains is saved up to so much [ms]: it may take some slices that others take; a machine that turns busy is noticed soon. */
export const CREDIT = 20;

/** After a loss the leader works alone at least so many times as long as was lost: trying costs 6 % at most. */
export const PENANCE = 16;

/** The time alone after a loss [ms] at first; each try that fails at once doubles it, up to the longest. */
export const REST = 50;
export const LONGEST_REST = 500;
