/**
 * Numbers of the protocol. PROTOCOL.md says why each has its value.
 *
 * @module
 */

export const PROTOCOL_VERSION = 1
/** HPKE base mode, X-Wing, HKDF-SHA256, AES-256-GCM; ECDSA P-256. */
export const SUITE = 1

const KIB = 1024

/** What a sealed body is padded to. The relay sees the bucket, not the length. */
export const BUCKETS = [1 * KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB] as const

/** Larger enrollment requests are refused before anything else: a relay passes a stranger's cargo only up to 16 KiB. */
export const MAX_ENROLLMENT_BUCKET = 4 * KIB

export const MAX_PARAMETERS = 240 * KIB
export const MAX_CHUNK_PAYLOAD = 240 * KIB
/** A chunk of a large reply is not made smaller than this, which fits the bucket of 4 KiB. */
export const SMALLEST_PART = 3 * KIB
/** Nor than this, which fits the bucket of 16 KiB, while so much is left that smaller ones would run out of numbers. */
export const SMALLEST_PART_OF_MUCH = 15 * KIB
/** Default bound of a whole reply. */
export const MAX_REPLY = 4 * KIB * KIB
/** Reply chunks are numbered below this; a flood of empty chunks ends here. */
export const MAX_CHUNKS = 1024
/** A blind and the Merkle path of one of 2^31 messages at most. */
export const MAX_PATH = 32
/** Messages one signature may stand for; a batch that is full is signed at once. */
export const MAX_BATCH = 256

/** Messages that may be sealed with one HPKE context: sequence numbers are below this. */
export const CONTEXT_MESSAGES = 256

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS

/** From issued-at to deadline. Longer work is a job with pages. */
export const MAX_LIFE_MS = 10 * MINUTE_MS
/** A corrected clock is right to a few seconds; what claims to be later than this is not. */
export const EARLY_MS = 5 * SECOND_MS
/** A clock off by more than this works, with an alarm. */
export const CLOCK_ALARM_MS = 2 * MINUTE_MS
/** A clock off by more than this is not believed. */
export const CLOCK_REFUSE_MS = 10 * MINUTE_MS
/** A slower hello answer says too little about the time. Half of it is the error a relay can add. */
export const MAX_CLOCK_ROUND_TRIP_MS = 10 * SECOND_MS

/** A sender makes a new context after this long. */
export const CONTEXT_LIFE_MS = 2 * MINUTE_MS

export const KEY_ROTATION_MS = 24 * 60 * MINUTE_MS
/** Longest a sealed message can still be worth opening after its key was replaced. */
export const KEY_OVERLAP_MS = MAX_LIFE_MS + CLOCK_REFUSE_MS

/** Requests a gate remembers until their deadlines. */
export const MAX_REMEMBERED = 262_144
