/**
 * The system as its users start it: `node main.ts` as a process of its own, observed from outside
 * only.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { vi } from 'vitest'
import { type Client, createClient } from './api/client/client.ts'
import type { Endpoints } from './app.ts'
import { FatalError } from './domain/errors.ts'
import { dataLayout } from './infra/run/data-layout.ts'

const mainFile = path.join(import.meta.dirname, 'main.ts')

/** A start takes seconds, on a machine that much else uses perhaps a minute. */
export const START_MS_MAX = 200_000
const POLL_MS = 20

export type Ended = Readonly<{
  /** Null when a signal ended the process. */
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}>

export type SystemProcess = Readonly<{
  child: ChildProcess
  /** Resolves when the process has ended by itself or by a signal. */
  ended: Promise<Ended>
  /** Resolves when it has printed the text. */
  printed: (text: string) => Promise<void>
  /** What it has printed so far, on both outputs. */
  output: () => string
  stop: (signal: NodeJS.Signals) => Promise<Ended>
}>

/** Starts a program of the project with the flags, and collects what it prints. */
export const startProcess = (flags: readonly string[], file: string = mainFile): SystemProcess => {
  // Elsewhere than in the checkout, whose .env may name the log of a real world.
  const child = spawn(process.execPath, [file, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: tmpdir(),
  })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text
    })
  }
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, ...texts }))
  return {
    child,
    ended,
    printed: async (text) => {
      await vi.waitUntil(() => texts.stdout.includes(text), {
        timeout: START_MS_MAX,
        interval: POLL_MS,
      })
    },
    output: () => texts.stdout + texts.stderr,
    stop: (signal) => {
      child.kill(signal)
      return ended
    },
  }
}

/**
 * Runs `node main.ts` (or another file) to its end; a process that does not end in time is killed,
 * which shows as its signal.
 */
export const runToEnd = async (flags: readonly string[], file?: string): Promise<Ended> => {
  const started = startProcess(flags, file)
  const deadline = setTimeout(() => started.child.kill('SIGKILL'), START_MS_MAX)
  try {
    return await started.ended
  } finally {
    clearTimeout(deadline)
  }
}

export type System = SystemProcess &
  Readonly<{
    endpoints: Endpoints
    token: string
    /** A client over WebSocket, as other programs use; it acts with the operator's token. */
    connect: () => Client
  }>

/** Flags of a small system on free ports. */
export const flagsOf = (dataFolder: string, ...more: readonly string[]): readonly string[] => {
  return [
    '--port',
    '0',
    '--rpc-port',
    '0',
    '--data',
    dataFolder,
    '--bots',
    '2',
    '--block-time',
    '100',
    ...more,
  ]
}

/**
 * Starts a system and resolves when its endpoints file names it. Throws when it ends instead, or
 * takes too long.
 */
export const startSystem = async (
  dataFolder: string,
  ...more: readonly string[]
): Promise<System> => {
  const system = startProcess(flagsOf(dataFolder, ...more))
  const layout = dataLayout(dataFolder)
  const endpoints = await vi.waitUntil(() => endpointsIn(layout.endpointsFile, system.child), {
    timeout: START_MS_MAX,
    interval: POLL_MS,
  })
  if (endpoints === 'ended')
    throw new FatalError(`The system ended: ${JSON.stringify(await system.ended)}`)
  const token = readFileSync(endpoints.tokenFile, 'utf8').trim()
  return {
    ...system,
    endpoints,
    token,
    connect: () =>
      createClient({
        url: endpoints.graphql,
        wsUrl: endpoints.graphqlWs,
        token,
        subscriptions: 'ws',
      }),
  }
}

/** Null while the file is not there, or is another process's. */
const endpointsIn = (file: string, child: ChildProcess): Endpoints | 'ended' | null => {
  if (child.exitCode !== null || child.signalCode !== null) return 'ended'
  try {
    // Written by app.ts; its fields are tested.
    const endpoints = JSON.parse(readFileSync(file, 'utf8')) as Endpoints
    return endpoints.pid === child.pid ? endpoints : null
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

export type Reply = Readonly<{ status: number; body: string }>

/** A raw HTTP request; `fetch` does not let one forge Host and Origin. */
export const sendRaw = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body = '',
  method = 'POST',
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers }, async (incoming) => {
      let text = ''
      for await (const chunk of incoming) text += chunk
      resolve({ status: incoming.statusCode ?? 0, body: text })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
