// @ts-check
/**
 * The phase of a live view, and its next step: pure functions of plain values.
 *
 * All times are milliseconds of one monotonic clock, such as `performance.now()`.
 */

/** @typedef {"web_rtc" | "hls"} Transport */
/**
 * Phases of a view: not requested; no answer yet; answered, without a frame; frames come; frames
 * have stopped, which the server repairs; lost, and being retried; failed, with a message.
 * @typedef {"idle" | "starting" | "waiting" | "live" | "stalled" | "reconnecting" | "ended"} Phase
 */
/**
 * The progress of one attempt to play.
 * @typedef {Readonly<{
 *   startedAt: number,
 *   transport?: Transport,
 *   hasFallback?: boolean,
 *   answeredAt?: number,
 *   connectedAt?: number,
 *   disconnectedAt?: number | undefined,
 *   closedAt?: number,
 *   frameAt?: number,
 *   failure?: Failure,
 * }>} Attempt
 */
/**
 * Why an attempt failed, as a message for the user; "" if unknown.
 * @typedef {Readonly<{ message: string, code?: string | undefined }>} Failure
 */
/**
 * A requested view: whether frames have been seen since, how many attempts in a row have failed
 * without a frame, and whether the faster camera has failed.
 * @typedef {Readonly<{ wasLive: boolean, failures: number, fasterFailed?: boolean }>} Wish
 */
/** @typedef {Readonly<{ wish?: Wish, attempt?: Attempt, failure?: Failure }>} View */
/**
 * @typedef {Readonly<
 *   | { do: "go_on" }
 *   | { do: "use_hls" }
 *   | { do: "try_again", pause: number }
 *   | { do: "end", failure: Failure }
 * >} Step
 */

/** The code of an error that persists on retries, such as Google's refusal. */
export const FINAL_CODE = "cannot_start";
/** The code of a stalled camera, which is no error: the session continues when the camera does. */
export const STALL_CODE = "camera_stalls";
/** The longest time between two frames of live video. */
export const MAX_FRAME_GAP = 3_000;
/** Connected without a frame: the server restores a stalled camera in 40 to 60 s. */
export const MAX_STALL = 60_000;
/** Disconnected: a connection that recovers does so quickly. */
export const MAX_INTERRUPTION = 4_000;
/** From the answer to the connection; MediaMTX waits for 10 s. */
export const MAX_CONNECT = 15_000;
/** From the answer to an error that means that the connection failed rather than the camera. */
const MIN_UNCONNECTED = 8_000;
/** From the offer to the answer; the backend gives up before. */
export const MAX_ANSWER = 150_000;
/** From a loss to the backend's message with the reason. */
export const MAX_REASON = 10_000;
/** Consecutive attempts that may fail: without a frame before, and after one. */
const MAX_FIRST_FAILURES = 2;
const MAX_FAILURES = 6;
/** For the first frame of the faster camera, which takes a few seconds or is of no use. */
export const MAX_FASTER = 15_000;
/** Between two attempts. */
const MIN_PAUSE = 1_000;
const MAX_PAUSE = 30_000;
/** How long to use HLS at once after WebRTC was answered and did not connect. */
export const CUT_MEMORY = 5 * 60_000;

/** @type {Step} */
const GO_ON = { do: "go_on" };
/** @type {Failure} */
const NO_REASON = { message: "" };

/**
 * Return which of a camera's stream types to play; undefined if it has none.
 * @type {(offered: readonly string[], isCut: boolean) => Transport | undefined}
 */
export const transportOf = (offered, isCut) => {
  const hasHls = offered.includes("hls");
  if (offered.includes("web_rtc") && !(isCut && hasHls)) return "web_rtc";
  return hasHls ? "hls" : undefined;
};

/**
 * Return the pause before the next attempt: 1 s, 2 s, 4 s, ... 30 s.
 * @param {number} failures
 */
export const pauseAfter = (failures) => Math.min(MIN_PAUSE * 2 ** failures, MAX_PAUSE);

/** @type {(wish: Wish) => Wish} */
export const afterFrame = (wish) =>
  wish.wasLive && !wish.failures ? wish : { ...wish, wasLive: true, failures: 0 };

/** @type {(wish: Wish, attempt: Attempt) => Wish} */
export const afterLoss = (wish, attempt) =>
  attempt.frameAt === undefined ? { ...wish, failures: wish.failures + 1 } : wish;

/** @type {(view: View, now: number) => Phase} */
export const phaseOf = ({ wish, attempt, failure }, now) => {
  if (!wish) return "idle";
  if (failure) return "ended";
  if (attempt?.frameAt !== undefined) {
    return now - attempt.frameAt <= MAX_FRAME_GAP ? "live" : "stalled";
  }
  if (wish.wasLive || !attempt) return "reconnecting";
  return attempt.answeredAt === undefined ? "starting" : "waiting";
};

/**
 * Return when an attempt was lost without a message, or undefined while it may go on.
 * @type {(attempt: Attempt, now: number) => number | undefined}
 */
const lostAt = (attempt, now) => {
  const { startedAt, answeredAt, connectedAt, disconnectedAt, closedAt, frameAt } = attempt;
  const ends = [
    closedAt,
    disconnectedAt && disconnectedAt + MAX_INTERRUPTION,
    answeredAt === undefined ? startedAt + MAX_ANSWER : undefined,
    answeredAt !== undefined && connectedAt === undefined ? answeredAt + MAX_CONNECT : undefined,
    connectedAt === undefined ? undefined : Math.max(connectedAt, frameAt ?? 0) + MAX_STALL,
  ];
  const passed = ends.flatMap((end) => (end !== undefined && end <= now ? [end] : []));
  return passed.length ? Math.min(...passed) : undefined;
};

/**
 * Return whether WebRTC was answered, but no packet came through.
 * @type {(attempt: Attempt, now: number) => boolean}
 */
const isCut = ({ transport, hasFallback, answeredAt, connectedAt, closedAt, failure }, now) => {
  if (transport !== "web_rtc" || !hasFallback) return false;
  if (answeredAt === undefined || connectedAt !== undefined) return false;
  const failed = failure || closedAt !== undefined;
  return now - answeredAt >= (failed ? MIN_UNCONNECTED : MAX_CONNECT);
};

/** @type {(wish: Wish, attempt: Attempt, failure: Failure) => Step} */
const tryAgain = (wish, attempt, failure) => {
  const { failures } = afterLoss(wish, attempt);
  const most = wish.wasLive ? MAX_FAILURES : MAX_FIRST_FAILURES;
  if (failures >= most) return { do: "end", failure };
  return { do: "try_again", pause: pauseAfter(failures) };
};

/**
 * Return the next step of an attempt.
 * @type {(wish: Wish, attempt: Attempt, now: number) => Step}
 */
export const nextStep = (wish, attempt, now) => {
  const { failure } = attempt;
  if (isCut(attempt, now)) return { do: "use_hls" };
  if (failure) {
    const isFinal = !wish.wasLive || failure.code === FINAL_CODE;
    return isFinal ? { do: "end", failure } : tryAgain(wish, attempt, failure);
  }
  const lost = lostAt(attempt, now);
  if (lost === undefined || (!wish.wasLive && now - lost < MAX_REASON)) return GO_ON;
  return tryAgain(wish, attempt, NO_REASON);
};

/**
 * Return whether to play the faster camera: while the camera sleeps, unless that has failed.
 * @type {(faster: string | undefined, isStreaming: boolean, wish: Wish | undefined) => boolean}
 */
export const takesFasterWay = (faster, isStreaming, wish) =>
  faster !== undefined && !isStreaming && !wish?.fasterFailed;

/**
 * Return whether an attempt to play the faster camera has failed.
 * @type {(attempt: Attempt, now: number) => boolean}
 */
export const fasterFailed = ({ startedAt, closedAt, frameAt, failure }, now) =>
  frameAt === undefined &&
  (failure !== undefined || closedAt !== undefined || now - startedAt >= MAX_FASTER);
