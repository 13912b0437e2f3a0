/**
 * The most bytes of one frame that are believed, in a file or live: the largest snapshot length that tcpdump and
 * Wireshark write. A greater length is a garbled file, and the bound on what a reader has to hold.
 */
export const MAX_FRAME_BYTES = 262_144;
