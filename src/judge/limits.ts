/** Chat's long connections are silent for up to ten minutes (210–600 s on the wire); nothing forgets them sooner. */
export const WATCHED_IDLE_MS = 15 * 60_000;

/** A first message that is not complete by then comes from nobody who wants to chat. */
export const UNDECIDED_IDLE_MS = 60_000;

/**
 * Undecided flows at a time. An honest one is undecided for one round trip, so the oldest of that many has had its
 * time even in a flood.
 */
export const MAX_UNDECIDED_FLOWS = 65_536;

/** Flows whose allow waits for the server's acknowledgement, which comes within a round trip or with the answer. */
export const MAX_AWAITING_FLOWS = 32_768;

/** Flows that are allowed and still read. One that has been forgotten goes on behind what had been seen of it. */
export const MAX_FOLLOWED_FLOWS = 8_192;

/**
 * What all conversations of one judge may keep of their messages: thousands of hellos that wait for their second half.
 * More than that, and the oldest has had its time.
 */
export const MAX_BYTES_HELD = 64 * 1024 * 1024;

/**
 * What a client may have sent of messages in a connection that is still read before the server's acknowledgement is
 * looked for, which takes its answers through user space: some request heads.
 */
export const ENOUGH_EVIDENCE_BYTES = 4 * 1024;

/** What is kept of a client's datagram at the most, for each of its bytes: 32 KiB for a QUIC Initial of 1,200. */
export const MAX_KEPT_PER_DATAGRAM_BYTE = 28;

/** Flows the kernel or a capture has settled. */
export const MAX_SETTLED_FLOWS = 65_536;

/** As much as a client or server has on its way at first (RFC 6928: 10 segments; Linux and others allow more). */
export const MAX_FIRST_FLIGHT_BYTES = 64 * 1024;

/** A refused datagram flow is judged afresh after this time: a socket may be used again for something else. */
export const REFUSED_DATAGRAM_MS = 1_000;

/** Datagrams a server may send before the client's first message is complete (QUIC acknowledges each Initial). */
export const MAX_EARLY_ANSWERS = 8;
