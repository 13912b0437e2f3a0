import { followDatagrams } from '../datagrams.ts';
import type { CallFacts } from '../facts.ts';
import { type DatagramStep, NOT_THIS, never } from '../outcome.ts';

/** One datagram's few fixed bytes prove little; so many in a row are another matter. */
const CLIENT_DATAGRAMS = 3;
const FURTHER_CLIENT_DATAGRAMS = 3;
const SERVER_DATAGRAMS = 2;

const FOLLOWED_BY_OTHERS = 'call-followed-by-other-datagrams';
const ANSWERED_BY_OTHERS = 'call-answered-by-other-datagrams';

type Fits = (datagram: Uint8Array) => boolean;

/** Says nothing until several datagrams in a row have fitted, then recognises a call. */
export function beginCall(app: CallFacts['app'], fitsUp: Fits, fitsDown: Fits): DatagramStep {
  const facts: CallFacts = { app };
  const otherwise = never(FOLLOWED_BY_OTHERS);
  const stepWith = (missing: number, misfit: typeof NOT_THIS): DatagramStep => {
    return (datagram) => {
      if (!fitsUp(datagram)) return misfit;
      if (missing > 1) return { kind: 'more', next: stepWith(missing - 1, otherwise) };
      return {
        kind: 'match',
        facts,
        next: followDatagrams(fitsUp, FURTHER_CLIENT_DATAGRAMS, FOLLOWED_BY_OTHERS),
        answer: followDatagrams(fitsDown, SERVER_DATAGRAMS, ANSWERED_BY_OTHERS),
      };
    };
  };
  return stepWith(CLIENT_DATAGRAMS, NOT_THIS);
}
