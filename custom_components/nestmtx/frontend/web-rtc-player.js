// @ts-check
/** A camera over WebRTC, with Home Assistant's commands. */

/** @import { WebRtcConfig, WebRtcMessage } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Attempt } from "./live-decisions.js" */
/** @import { Playing } from "./live-session.js" */

import { STALL_CODE } from "./live-decisions.js";

export class WebRtcPlayer {
  video = document.createElement("video");
  #hass;
  #entity;
  #report;
  #isClosed = false;
  /** @type {RTCPeerConnection | undefined} */
  #peer;
  /** @type {Promise<() => Promise<void>> | undefined} */
  #subscription;
  /** @type {string | undefined} */
  #session;
  /** Candidates found before the session has an id. @type {RTCIceCandidate[]} */
  #waiting = [];

  /** @param {Playing} playing */
  constructor({ hass, entity, place, report }) {
    this.#hass = hass;
    this.#entity = entity;
    this.#report = report;
    Object.assign(this.video, { autoplay: true, playsInline: true, muted: true });
    this.video.srcObject = new MediaStream();
    place.append(this.video);
  }

  get isMuted() {
    return this.video.muted;
  }

  set isMuted(isMuted) {
    this.video.muted = isMuted;
    this.#addTracks();
  }

  /** Send the offer; the answer comes by message. Throws Home Assistant's errors. */
  async open() {
    const type = "camera/webrtc/get_client_config";
    const config = await this.#hass.callWS({ type, entity_id: this.#entity });
    if (this.#isClosed) return;
    const peer = this.#newPeer(config);
    await peer.setLocalDescription();
    if (this.#isClosed) return;
    this.#follow(peer.getReceivers()[0]?.transport);
    this.#subscription = this.#hass.connection.subscribeMessage(
      (/** @type {WebRtcMessage} */ message) => this.#receive(message),
      {
        type: "camera/webrtc/offer",
        entity_id: this.#entity,
        offer: peer.localDescription?.sdp,
      },
      // An offer is valid only once: after a lost connection, another one is made.
      { resubscribe: false },
    );
    await this.#subscription;
  }

  /** End the session; that of a pending subscription as soon as it is established. */
  close() {
    this.#isClosed = true;
    this.#subscription
      ?.then((unsubscribe) => unsubscribe())
      // The session has ended with the connection.
      .catch(() => undefined);
    this.#peer?.close();
    this.video.srcObject = null;
    this.video.remove();
  }

  /** @param {WebRtcConfig} config */
  #newPeer({ configuration, dataChannel }) {
    const peer = new RTCPeerConnection(configuration);
    this.#peer = peer;
    if (dataChannel) peer.createDataChannel(dataChannel);
    for (const kind of ["audio", "video"]) peer.addTransceiver(kind, { direction: "recvonly" });
    peer.addEventListener("track", () => this.#addTracks());
    peer.addEventListener("icecandidate", ({ candidate }) => this.#offer(candidate));
    peer.addEventListener("connectionstatechange", () => this.#reportState(peer.connectionState));
    return peer;
  }

  /** Don't play audio while muted. */
  #addTracks() {
    const stream = /** @type {MediaStream} */ (this.video.srcObject);
    for (const { track } of this.#peer?.getReceivers() ?? []) {
      if (track.kind === "video" || !this.video.muted) stream.addTrack(track);
      else stream.removeTrack(track);
    }
  }

  /**
   * A server that ends a session closes its DTLS; `connectionState` fails 15 s later.
   * @param {RTCDtlsTransport | null | undefined} transport
   */
  #follow(transport) {
    transport?.addEventListener("statechange", () => {
      if (["closed", "failed"].includes(transport.state)) this.#update({ closedAt: now() });
    });
  }

  /** @param {RTCPeerConnectionState} state */
  #reportState(state) {
    if (state === "connected") this.#update({ connectedAt: now(), disconnectedAt: undefined });
    if (state === "disconnected") this.#update({ disconnectedAt: now() });
    if (state === "failed" || state === "closed") this.#update({ closedAt: now() });
  }

  /** @param {RTCIceCandidate | null} candidate */
  #offer(candidate) {
    if (!candidate?.candidate) return;
    if (this.#session === undefined) this.#waiting.push(candidate);
    else this.#send(this.#session, candidate);
  }

  /**
   * @param {string} session
   * @param {RTCIceCandidate} candidate
   */
  #send(session, candidate) {
    this.#hass
      .callWS({
        type: "camera/webrtc/candidate",
        entity_id: this.#entity,
        session_id: session,
        candidate: candidate.toJSON(),
      })
      // The session has ended; other failures are reported by the session itself.
      .catch(() => undefined);
  }

  /** @param {WebRtcMessage} message */
  async #receive(message) {
    if (this.#isClosed) return;
    try {
      await this.#handle(message);
    } catch (error) {
      this.#update({ failure: { message: /** @type {Error} */ (error).message } });
    }
  }

  /** @param {WebRtcMessage} message */
  async #handle(message) {
    if (message.type === "session") {
      this.#session = message.session_id;
      for (const candidate of this.#waiting.splice(0)) this.#send(message.session_id, candidate);
    } else if (message.type === "answer") {
      this.#update({ answeredAt: now() });
      await this.#peer?.setRemoteDescription({ type: "answer", sdp: message.answer });
    } else if (message.type === "candidate") {
      await this.#peer?.addIceCandidate({ sdpMid: "0", ...message.candidate });
    } else if (message.code !== STALL_CODE) {
      this.#update({ failure: { message: message.message, code: message.code } });
    }
  }

  /** @param {Partial<Attempt>} change */
  #update(change) {
    if (!this.#isClosed) this.#report(change);
  }
}

const now = () => performance.now();
