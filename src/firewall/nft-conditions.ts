import { rule } from './nft-syntax.ts';

/** No way leads back to the sender's address by the interface the packet came in on. */
export const COMES_ASTRAY = 'fib saddr . iif oif missing';
/** The acknowledgement number of what is known to be TCP. */
export const ACKNOWLEDGEMENT = '@th,64,32';
/** Packets that nothing is known of, and those that would stand for another flow by its mark. */
export const UNUSUAL = rule('ct state invalid,untracked,related goto unusual', 'of no flow of its own');
