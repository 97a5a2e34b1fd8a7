import './register-ts.mjs';

const source = new URL('../test/support/global-setup.ts', import.meta.url);

export default async function (globalConfig, projectConfig) {
  const { default: setup } = await import(source.href);
  await setup(globalConfig, projectConfig);
}
