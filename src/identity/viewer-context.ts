import type { ViewerTransaction } from '../database/index.js';
import type { Context } from './context.js';

/** The context as every feature's resolver sees it. */
export type ViewerContext = Context<ViewerTransaction>;
