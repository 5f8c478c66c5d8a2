import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimDataFolder, DataFolderInUse, DataFolderUnusable } from './data-folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chx-claim-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const module = new URL('./data-folder.ts', import.meta.url).href
const script = (path: string): string => `
  const { claimDataFolder } = await import(${JSON.stringify(module)})
  try { claimDataFolder(${JSON.stringify(path)}); console.log('claimed'); setInterval(() => {}, 1000) }
  catch (error) { console.log(error.message) }`

/** A process that claims the path and stays; resolves with what it says. */
const claimant = async (
  path: string,
  inside: readonly string[] = [],
): Promise<Readonly<{ child: ChildProcess; said: string }>> => {
  const [command = '', ...args] = [
    ...inside,
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    script(path),
  ]
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [text]: readonly unknown[] = await once(child.stdout, 'data')
  return { child, said: String(text).trim() }
}

const killed = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

it('makes the folder for its owner alone and gives it to one claimant at a time', () => {
  const path = join(folder, 'a', 'b')
  const claim = claimDataFolder(path)
  expect(() => claimDataFolder(path)).toThrow(`in use by process ${process.pid}`)
  claim.release()
  claim.release()
  const next = claimDataFolder(path)
  claim.release() // an old claim's release does not touch a newer claim
  expect(() => claimDataFolder(path)).toThrow(DataFolderInUse)
  next.release()
  expect(readdirSync(path)).toEqual(['lock.sqlite'])
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o700)
})

it('names the process that holds the folder, and takes over when that process was killed', async () => {
  const { child, said } = await claimant(folder)
  expect(said).toBe('claimed')
  expect(() => claimDataFolder(folder)).toThrow(new DataFolderInUse(folder, `process ${child.pid}`))
  await killed(child)
  claimDataFolder(folder).release()
})

it('knows the folder again under another name', async () => {
  const alias = `${folder}-alias`
  symlinkSync(folder, alias, 'junction')
  const claim = claimDataFolder(folder)
  expect(() => claimDataFolder(alias)).toThrow(DataFolderInUse)
  const other = await claimant(alias)
  expect(other.said).toBe(`The data folder ${alias} is in use by process ${process.pid}`)
  claim.release()
  rmSync(alias)
})

/** What only some machines permit: namespaces and mounts of one's own. */
const UNSHARE = ['unshare', '--fork', '--kill-child', '--mount']
const mayUnshare =
  process.platform === 'linux' &&
  spawnSync('unshare', ['--pid', '--mount-proc', ...UNSHARE.slice(1), 'true']).status === 0

describe.runIf(mayUnshare)('across namespaces (where unshare is permitted)', () => {
  const apart = [...UNSHARE, '--pid', '--mount-proc']

  it('a folder is not given to another pid namespace, which is told who holds it', async () => {
    const claim = claimDataFolder(folder)
    const { said } = await claimant(folder, apart)
    expect(said).toMatch(
      new RegExp(`is in use by process ${process.pid} of another container or pid namespace, on .`),
    )
    claim.release()
  })

  it('nor taken from one, until its process is killed', async () => {
    const { child, said } = await claimant(folder, apart)
    expect(said).toBe('claimed')
    expect(() => claimDataFolder(folder)).toThrow(/of another container or pid namespace/)
    expect(() => claimDataFolder(folder)).toThrow(DataFolderInUse)
    await killed(child)
    claimDataFolder(folder).release()
  })

  it('nor through another mount of it', async () => {
    const mount = `${folder}-mount`
    mkdirSync(mount)
    const claim = claimDataFolder(folder)
    const bound = 'mount --bind "$0" "$1" && shift && exec "$@"'
    const { said } = await claimant(mount, [...UNSHARE, 'sh', '-c', bound, folder, mount])
    expect(said).toBe(`The data folder ${mount} is in use by process ${process.pid}`)
    claim.release()
    rmSync(mount, { recursive: true })
  })
})

describe('the claim files of earlier versions', () => {
  const writeClaim = (number: number, content: unknown): void =>
    writeFileSync(join(folder, `claim-${number}.json`), JSON.stringify(content))

  it('hold the folder while the process of the newest runs', async () => {
    const running = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    writeClaim(3, null)
    writeClaim(12, { pid: running.pid, startedAt: null })
    expect(() => claimDataFolder(folder)).toThrow(
      new DataFolderInUse(folder, `process ${running.pid}`),
    )
    await killed(running)
    claimDataFolder(folder).release()
    expect(readdirSync(folder)).toEqual(['lock.sqlite'])
  })

  it.each([
    ['a released one', 'null'],
    ['a half-written one', '{"pid":'],
    ['one of something else', '{"pid":"x"}'],
  ])('do not when it is %s', (_what, text) => {
    writeFileSync(join(folder, 'claim-7.json'), text)
    claimDataFolder(folder).release()
    expect(readdirSync(folder)).toEqual(['lock.sqlite'])
  })

  it.runIf(process.platform === 'linux')('do not for a later process with the same number', () => {
    writeClaim(7, { pid: process.pid, startedAt: 'another boot/1' })
    claimDataFolder(folder).release()
  })
})

it('names nobody while the holder has not yet written down who it is', async () => {
  const { child } = await claimant(folder)
  for (const text of ['', '{}', JSON.stringify({ ...ownerIn(folder), pid: 2 ** 22 + 1 })]) {
    writeFileSync(join(folder, 'owner.json'), text)
    expect(() => claimDataFolder(folder)).toThrow(new DataFolderInUse(folder, null))
  }
  await killed(child)
})

const ownerIn = (path: string): object => JSON.parse(readFileSync(join(path, 'owner.json'), 'utf8'))

it('says what is wrong with a path that cannot be a folder', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  expect(() => claimDataFolder(file)).toThrow(DataFolderUnusable)
  expect(() => claimDataFolder(join(file, 'below'))).toThrow(DataFolderUnusable)
})

it('says that a folder cannot be locked', () => {
  writeFileSync(join(folder, 'lock.sqlite'), 'not a database '.repeat(300))
  expect(() => claimDataFolder(folder)).toThrow(DataFolderUnusable)
})

it.runIf(process.getuid !== undefined && process.getuid() !== 0)(
  'says that a folder is not writable',
  () => {
    chmodSync(folder, 0o500)
    expect(() => claimDataFolder(folder)).toThrow(DataFolderUnusable)
    chmodSync(folder, 0o700)
  },
)
