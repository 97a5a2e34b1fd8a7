import './register-ts.mjs';

const source = new URL('../test/support/global-teardown.ts', import.meta.url);

export default async function (globalConfig, projectConfig) {
  const { default: teardown } = await import(source.href);
  await teardown(globalConfig, projectConfig);
}
