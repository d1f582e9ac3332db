// @ts-check
/** Define the custom elements of dashboards, other than the camera card. */

import { CameraWall } from "./camera-wall.js";
import { DASHBOARD_EDITOR, DashboardEditor } from "./dashboard-editor.js";
import { DashboardStrategy, ServerViewStrategy } from "./dashboard-strategy.js";
import { ServerJobs } from "./server-jobs.js";

export const CAMERA_WALL = "nestmtx-camera-wall";
export const DASHBOARD_STRATEGY = "ll-strategy-dashboard-nestmtx";

/** @type {Readonly<Record<string, CustomElementConstructor>>} */
const ELEMENTS = {
  [CAMERA_WALL]: CameraWall,
  "nestmtx-server-jobs": ServerJobs,
  [DASHBOARD_EDITOR]: DashboardEditor,
  "ll-strategy-view-nestmtx-server": ServerViewStrategy,
  [DASHBOARD_STRATEGY]: DashboardStrategy,
};

/** Define the elements, unless another version of this module has; return whether it did. */
export const defineDashboardElements = () => {
  if (customElements.get(DASHBOARD_STRATEGY)) return false;
  for (const [name, constructor] of Object.entries(ELEMENTS)) {
    if (!customElements.get(name)) customElements.define(name, constructor);
  }
  return true;
};
