// @ts-check
/** What prevents a camera from playing, in one sentence, and the action that helps. */

/** @import { CardState } from "./card-state.js" */
/** @import { Translate } from "./translation.js" */

/** @typedef {"authorize" | "enable" | "set_up" | "sign_in" | "retry" | "cancel"} CardActionName */
/** @typedef {Readonly<{ text: string, full?: string, action?: CardActionName }>} Problem */
/**
 * @typedef {Readonly<{
 *   state: CardState,
 *   failure?: string | undefined,
 *   isAdmin: boolean,
 *   canEnable: boolean,
 *   translate: Translate,
 * }>} Situation
 */

/**
 * Return a message's first sentence: the others say where to look, which the action opens.
 * @param {string} message
 */
export const firstSentence = (message) => message.split(/(?<=[.!?؟。])\s/u)[0] ?? "";

/**
 * Return the problem, if any. `failure` is the reason why playing has failed; "" if it is unknown.
 * @type {(situation: Situation) => Problem | undefined}
 */
export const problemOf = ({ state, failure, isAdmin, canEnable, translate }) => {
  switch (state) {
    case "offline":
      return { text: translate("card.problem_offline") };
    case "signed_out":
      return { text: translate("card.problem_signed_out"), action: "sign_in" };
    case "sign_in":
      return isAdmin
        ? { text: translate("card.problem_sign_in"), action: "authorize" }
        : { text: translate("card.problem_sign_in_guest") };
    case "disabled":
      return { text: translate("card.problem_disabled"), ...(canEnable && { action: "enable" }) };
    case "not_set_up":
      return { text: translate("card.problem_not_set_up"), ...(isAdmin && { action: "set_up" }) };
    default:
      if (failure === undefined) return undefined;
      return {
        text: firstSentence(failure) || translate("card.failed"),
        full: failure,
        action: "retry",
      };
  }
};
