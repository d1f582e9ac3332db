// @ts-check
/** The camera card: the camera's picture or live video, with controls over it. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { CameraCardConfig, CardAction } from "./card-config.js" */
/** @import { CardActionName } from "./card-problem.js" */
/** @import { CardState } from "./card-state.js" */
/** @import { ButtonName } from "./card-view.js" */
/** @import { Device } from "./devices.js" */

import { differs, factsOf, playsByItself } from "./camera-facts.js";
import { menuItems } from "./camera-menu.js";
import { actionName, aspectRatio, DEFAULTS, effectiveAction } from "./card-config.js";
import { configForm } from "./card-editor.js";
import { CardMenu } from "./card-menu.js";
import { cardModel } from "./card-model.js";
import { canPlay, cardState, isPlayed } from "./card-state.js";
import { CardTasks } from "./card-tasks.js";
import { CardView } from "./card-view.js";
import { cameraOf, firstCamera } from "./devices.js";
import { fasterCamera } from "./faster-camera.js";
import { isFullScreen, toggleFullScreen } from "./full-screen.js";
import { doAction, openDevice, openIntegration, openRepairs } from "./home-assistant-actions.js";
import { LiveWish } from "./live-wish.js";
import { everyMinute } from "./minute.js";
import { pictureTime } from "./picture-time.js";
import { isSignedOut } from "./sign-in.js";
import { saveSnapshot } from "./snapshot.js";
import { onTapOrHold } from "./tap-hold.js";
import { pageTranslator, Words } from "./translation.js";

export class CameraCard extends HTMLElement {
  /** @type {CameraCardConfig} */
  #config = { type: "", entity: "" };
  /** @type {Hass | undefined} */
  #hass;
  /** @type {Device | undefined} */
  #camera;
  #isSignedOut = false;
  #wish = new LiveWish(() => this.#render());
  #tasks = new CardTasks(() => this.#render());
  #words = new Words(() => this.#nameAll());
  #view = new CardView(this.attachShadow({ mode: "open" }), {
    act: (action) => this.#act(action),
    press: (button) => this.#press(button),
  });
  #menu = new CardMenu(this.#view.part("[data-button=menu]"));
  /** @type {(() => void) | undefined} */
  #unfollow;

  constructor() {
    super();
    onTapOrHold(this.#view.part(".surface"), {
      tap: () => this.#do(this.#config.tap_action ?? DEFAULTS.tap_action),
      hold: () => this.#do(this.#config.hold_action ?? DEFAULTS.hold_action),
    });
    this.#view.video.addEventListener("live-view", () => this.#render());
    this.#view.part(".view").addEventListener("fullscreenchange", () => this.#render());
    this.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || this.#menu.isOpen || isFullScreen(this.#view.part(".view"))) return;
      if (isPlayed(this.#state)) this.#stop();
    });
  }

  /**
   * @param {Hass} hass
   * @param {string[]} entities
   * @param {string[]} others
   */
  static getStubConfig(hass, entities, others) {
    return { entity: firstCamera(hass, [...entities, ...others]) ?? "" };
  }

  static getConfigForm() {
    return configForm();
  }

  /** @param {CameraCardConfig} config */
  setConfig(config) {
    if (!config.entity) throw new Error(pageTranslator()("card.no_camera"));
    const isOther = config.entity !== this.#config.entity;
    this.#config = config;
    this.#view.video.entity = config.entity;
    this.#view.video.style.setProperty("--fit", config.fit ?? DEFAULTS.fit);
    this.#view.part(".view").style.setProperty("--ratio", aspectRatio(config.aspect_ratio));
    const hasButtons = config.show_controls ?? DEFAULTS.show_controls;
    this.#view.part("header .buttons").hidden = !hasButtons;
    this.#find();
    // First, as the choice was for the previous camera.
    if (isOther) this.#wish.choose(undefined);
    if (isOther && this.#hass) this.#follow(this.#hass);
    else this.#render();
  }

  /** @param {Hass} hass */
  set hass(hass) {
    const former = this.#hass;
    this.#hass = hass;
    this.#wish.follow(hass.connected);
    this.#words.follow(hass);
    // Only when the registries change: a home may have thousands of entities, with frequent states.
    const isOther = former?.entities !== hass.entities || former.devices !== hass.devices;
    if (isOther) this.#find();
    const { entities = {} } = this.#camera ?? {};
    if (isOther || differs(former, hass, this.#config.entity, entities)) this.#follow(hass);
  }

  connectedCallback() {
    this.#unfollow = everyMinute(() => this.#render());
    if (!this.#wish.take(this.#config.entity)) this.#render();
  }

  disconnectedCallback() {
    this.#unfollow?.();
    this.#menu.close();
    this.#wish.leave(this.#config.entity);
  }

  getCardSize() {
    return 4;
  }

  getGridOptions() {
    return { columns: 6, min_columns: 4, rows: "auto" };
  }

  #find() {
    const hass = this.#hass;
    this.#camera = hass && cameraOf(hass, this.#config.entity);
    const isWanted = hass && this.#config.fast_start;
    this.#view.video.faster = isWanted ? fasterCamera(hass, this.#camera?.id) : undefined;
  }

  /** @param {Hass} hass */
  #follow(hass) {
    this.#view.video.taken = pictureTime(hass, this.#camera?.entities ?? {});
    this.#view.video.hass = hass;
    this.#render();
    this.#checkSignIn(hass);
  }

  /**
   * Check whether a camera is offline because Home Assistant needs to reauthenticate.
   * @param {Hass} hass
   */
  async #checkSignIn(hass) {
    const isOffline = hass.states[this.#config.entity]?.state === "unavailable";
    const entries = hass.devices[this.#camera?.id ?? ""]?.config_entries ?? [];
    const signedOut = isOffline && (await isSignedOut(hass, entries));
    if (signedOut === this.#isSignedOut) return;
    this.#isSignedOut = signedOut;
    this.#render();
  }

  /** Set all labels, initially and when the language changes. */
  #nameAll() {
    this.#view.name(this.#words.translate);
    this.#render();
  }

  get #facts() {
    const { entities = {} } = this.#camera ?? {};
    return this.#hass
      ? factsOf(this.#hass, this.#config.entity, entities, this.#isSignedOut)
      : { camera: undefined };
  }

  /** @returns {CardState} */
  get #state() {
    return cardState(this.#view.video.view.phase, this.#facts);
  }

  #render() {
    const hass = this.#hass;
    if (!hass || !this.#config.entity) return;
    const facts = this.#facts;
    const { video } = this.#view;
    if (this.isConnected) video.isPlaying = this.#wish.choice ?? playsByItself(facts, this.#config);
    if (!this.#words.areKnown) return;
    const { view } = video;
    const { entities = {}, name = this.#config.entity, area, ...device } = this.#camera ?? {};
    const taken = pictureTime(hass, entities);
    const model = cardModel({
      config: this.#config,
      state: cardState(view.phase, facts),
      view,
      name: this.#config.name || name,
      area: area?.name,
      taken,
      viewers: facts.viewers,
      livePhase: facts.camera?.attributes.live_phase,
      usualStart: facts.camera?.attributes.usual_start,
      notice: this.#tasks.notice,
      isMuted: video.muted,
      isFullScreen: isFullScreen(this.#view.part(".view")),
      isAdmin: hass.user?.is_admin ?? false,
      canEnable: "switch.enabled" in entities && "id" in device,
      now: Date.now(),
      language: hass.locale?.language ?? hass.language,
      translate: this.#words.translate,
    });
    this.#view.show(model, video.hasPicture);
  }

  /** @param {CardAction} wanted */
  #do(wanted) {
    const state = this.#state;
    this.#tasks.dismiss();
    const action = effectiveAction(wanted, canPlay(state));
    if (actionName(action) === "none") return;
    if (action === "live") this.#play();
    else if (isPlayed(state) && wanted === "live" && this.#config.show_controls === false) {
      this.#wish.choose(false);
    } else doAction(this, this.#config.entity, typeof action === "string" ? { action } : action);
  }

  #play() {
    this.#wish.choose(true);
    this.#view.video.play();
  }

  #stop() {
    this.#tasks.dismiss();
    this.#wish.choose(false);
  }

  /** @param {CardActionName} action */
  #act(action) {
    const enabled = this.#camera?.entities["switch.enabled"];
    if (action === "cancel") this.#stop();
    else if (action === "authorize") openRepairs(this);
    else if (action === "sign_in") openIntegration(this);
    else if (action === "set_up" && this.#camera) openDevice(this, this.#camera.id);
    else if (action === "enable" && enabled) this.#call("switch.turn_on", enabled);
    else if (action === "retry" && !this.#tasks.retry()) this.#play();
  }

  /** @param {ButtonName} button */
  #press(button) {
    const { video } = this.#view;
    const playing = video.video;
    if (button === "menu") this.#openMenu();
    else if (button === "stop") this.#stop();
    else if (button === "mute") video.muted = !video.muted;
    else if (button === "full_screen") toggleFullScreen(this.#view.part(".view"), playing);
    else if (playing) {
      this.#view.flash();
      saveSnapshot(playing, this.#config.name || this.#camera?.name || this.#config.entity);
    }
    this.#render();
  }

  #openMenu() {
    if (!this.#hass) return;
    this.#menu.open(
      menuItems({
        hass: this.#hass,
        entities: this.#camera?.entities ?? {},
        deviceId: this.#camera?.id,
        isBusy: this.#tasks.isBusy,
        translate: this.#words.translate,
        call: (service, entity, words) => this.#call(service, entity, words),
        openDevice: (id) => openDevice(this, id),
      }),
    );
  }

  /** @type {(service: string, entity: string, words?: { working: string, done: string }) => void} */
  #call(service, entity, words) {
    if (this.#hass) this.#tasks.call(this.#hass, service, entity, words);
  }
}
