import type { SchemaOptions } from './schema.js';

/** The resolver classes of all features: what `schema.graphql` is printed from and app.ts makes instances of. */
export const resolvers: SchemaOptions['resolvers'] = [];
