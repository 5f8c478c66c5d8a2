/**
 * `endpoints.json`: where everything is, for tools. Written when the system is ready, removed on a
 * clean stop.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import type { Felt } from '../../domain/felt.ts'
import { chainName } from '../../domain/world-stream/facts.ts'
import type { DataLayout } from './data-layout.ts'

/** Where a running system is. */
export type Endpoints = Readonly<{
  /** With the operator token in the fragment, which no browser sends anywhere. */
  dashboard: string
  graphql: string
  graphqlWs: string
  graphiql: string
  rpc: string
  tokenFile: string
  dataFolder: string
  pid: number
  /** As text where it is one (CHRONOHEX_SANDBOX), else a felt. */
  chainId: string
  worldAddress: Felt
}>

/** Where a system is that has started. */
export const endpointsOf = (
  { layout, token }: Readonly<{ layout: DataLayout; token: string }>,
  chain: Readonly<{ rpcUrl: string; chainId: Felt; worldAddress: Felt }>,
  server: Readonly<{ url: string; graphqlUrl: string; graphqlWsUrl: string }>,
): Endpoints => ({
  dashboard: `${server.url}/#token=${token}`,
  graphql: server.graphqlUrl,
  graphqlWs: server.graphqlWsUrl,
  graphiql: server.graphqlUrl,
  rpc: chain.rpcUrl,
  tokenFile: layout.tokenFile,
  dataFolder: layout.folder,
  pid: process.pid,
  chainId: chainName(chain.chainId),
  worldAddress: chain.worldAddress,
})

/** Owner-only, because of the token. Readers see the whole file or none. */
export const writeEndpoints = (file: string, endpoints: Endpoints): void => {
  const partial = `${file}.partial`
  writeFileSync(partial, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 })
  renameSync(partial, file)
}

/** Removes the file, if it is there. */
export const removeEndpoints = (file: string): void => rmSync(file, { force: true })

/**
 * What a start prints when it is ready. The token goes to a terminal only: anything else keeps what
 * it is given, as the logs of services do.
 */
export const summaryOf = (endpoints: Endpoints, isTerminal: boolean): string => `
  Dashboard    ${isTerminal ? endpoints.dashboard : withoutFragment(endpoints.dashboard)}
  GraphiQL     ${endpoints.graphiql}
  Chain (RPC)  ${endpoints.rpc}
  Data folder  ${endpoints.dataFolder}
${isTerminal ? '' : `  Token        in ${endpoints.tokenFile}; to act, open the dashboard with #token=…\n`}  Stop         Ctrl-C; the next start goes on from here
`

const withoutFragment = (url: string): string => url.split('#')[0] ?? url
