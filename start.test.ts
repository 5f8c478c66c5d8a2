import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** An installation of its own, whose npm is a script that installs what a file names. */
let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'chx-start-'))
  cpSync(path.join(import.meta.dirname, 'start.mjs'), path.join(root, 'start.mjs'))
  const lock = {
    packages: {
      '': {},
      'node_modules/plain': {},
      'node_modules/tool': { dev: true },
      'node_modules/binary-here': { optional: true, os: [process.platform], cpu: [process.arch] },
      'node_modules/binary-elsewhere': { optional: true, os: ['aix'], cpu: ['ppc64'] },
      'node_modules/of-another': { optional: true },
    },
  }
  writeFileSync(path.join(root, 'package-lock.json'), JSON.stringify(lock))
  writeFileSync(
    path.join(root, 'shown.ts'),
    `console.log(JSON.stringify([process.env.no_proxy, process.env.NODE_PG_FORCE_NATIVE]))`,
  )
  mkdirSync(path.join(root, 'bin'))
  writeFileSync(path.join(root, 'bin', 'npm'), NPM, { mode: 0o755 })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const NPM = `#!${process.execPath}
const { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n')
rmSync('node_modules', { recursive: true, force: true })
for (const name of readFileSync('gives', 'utf8').split(' ')) {
  mkdirSync('node_modules/' + name, { recursive: true })
  writeFileSync('node_modules/' + name + '/package.json', '{}')
}
`

/** Starts; npm would install these packages. */
const started = async (gives: string, env: NodeJS.ProcessEnv = {}) => {
  writeFileSync(path.join(root, 'gives'), gives)
  const run = spawn(process.execPath, ['start.mjs', '--exec', 'shown.ts'], {
    cwd: root,
    env: {
      PATH: `${path.join(root, 'bin')}${path.delimiter}${process.env.PATH ?? ''}`,
      ...env,
    },
  })
  const ended = once(run, 'close')
  const [stdout, stderr] = await Promise.all([text(run.stdout), text(run.stderr)])
  await ended
  return { stdout, stderr, code: run.exitCode }
}

const npmCalls = (): string[] => {
  const file = path.join(root, 'npm-calls')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
}

const stampFile = () => path.join(root, 'node_modules', '.chronohex-lock')

describe.skipIf(process.platform === 'win32')('the first start', () => {
  it('installs everything, whatever NODE_ENV or npm leave out, tells what it does, and does it once', async () => {
    const env = { NODE_ENV: 'production', npm_config_omit: 'dev' }
    const first = await started('plain tool binary-here', env)
    expect(first).toMatchObject({ code: 0 })
    expect(first.stderr).toMatch(/installing dependencies .*usually .*\n.*done in \d+ s/s)
    expect(npmCalls()).toEqual([expect.stringMatching(/^ci .*--include=dev .*--include=optional/)])
    expect((await started('', env)).stderr).toBe('')
    expect(npmCalls()).toHaveLength(1)
  })

  it('is made up for when tools are missing, though the lockfile is the same', async () => {
    await started('plain tool binary-here')
    rmSync(path.join(root, 'node_modules', 'tool'), { recursive: true })
    await started('plain tool binary-here')
    expect(npmCalls()).toHaveLength(2)
  })

  it('takes an older stamp for what it says: it is whole, or it is made whole', async () => {
    await started('plain tool binary-here')
    const [hash = ''] = readFileSync(stampFile(), 'utf8').split(' ')
    writeFileSync(stampFile(), hash)
    await started('')
    expect(npmCalls()).toHaveLength(1)
    rmSync(path.join(root, 'node_modules', 'binary-here'), { recursive: true })
    await started('plain tool binary-here')
    expect(npmCalls()).toHaveLength(2)
  })

  it('names a binary that npm did not install, and the remedy, and does not try for ever', async () => {
    for (const calls of [1, 1]) {
      const { code, stderr } = await started('plain tool')
      expect(code).toBe(0)
      expect(stderr).toMatch(/did not install binary-here: .*Delete the folder node_modules/)
      expect(npmCalls()).toHaveLength(calls)
    }
  })
})

describe.skipIf(process.platform === 'win32')('the environment of what is started', () => {
  it('sends nothing within the machine through a proxy, beside what the user excepts', async () => {
    const env = { https_proxy: 'http://proxy.example:3128', NO_PROXY: '.example' }
    const { stdout } = await started('plain tool binary-here', env)
    expect(JSON.parse(stdout)[0]).toBe('.example,localhost,127.0.0.1,::1')
  })

  it('asks for no other PostgreSQL driver', async () => {
    const { stdout } = await started('plain tool binary-here', { NODE_PG_FORCE_NATIVE: '1' })
    expect(JSON.parse(stdout)).toEqual([null, null])
  })
})
