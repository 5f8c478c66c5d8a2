/**
 * What the checks of this folder let pass: for good, each with its reason; for now, by number. A
 * number is what a file may have of a fault; it goes down with the faults, and its entry goes with
 * the last one. Nothing is added here.
 */
import type { Fault } from './code-faults.ts'

/** Functions that take five or more arguments by their place, by `file#name`, and why. */
export const HOT_PATHS: Readonly<Record<string, string>> = {}

/** Test support that lets time pass, by file, and why. */
export const SLEEPING: Readonly<Record<string, string>> = {}

/**
 * Exports of sources that only tests use, by `file#name`, file or folder, and why they are exports.
 */
export const EXPORTS_FOR_TESTS: Readonly<Record<string, string>> = {}

export type Ratchet = Readonly<Record<string, number>>

export const CASTS: Ratchet = {}
export const PARAMETERS: Ratchet = {}
export const LENGTHS: Ratchet = {}
export const SWALLOWED: Ratchet = {}
export const REFERENCES: Ratchet = {}
export const DEAD_EXPORTS: Ratchet = {}
/** Files that name the game, outside its rooms. */
export const GAME_NAMES: Ratchet = {}
/** Circles of imports, the files of each in alphabetical order. */
export const CIRCLES: readonly string[] = []

const told = ({ file, line, text }: Fault): string => `${file}:${line} ${text}`

/** Faults beyond what the ratchet allows a file, and entries of the ratchet that are too high. */
export const beyond = (faults: readonly Fault[], ratchet: Ratchet): string[] => {
  const byFile = Map.groupBy(faults, ({ file }) => file)
  return [...new Set([...byFile.keys(), ...Object.keys(ratchet)])].sort().flatMap((file) => {
    const found = byFile.get(file) ?? []
    const allowed = ratchet[file] ?? 0
    if (found.length > allowed) return found.map(told)
    return found.length < allowed
      ? [`${file} has ${found.length} of ${allowed} that exceptions.ts allows: lower it`]
      : []
  })
}

/** Keys of a list of exceptions that no fault needs any more. */
export const unneeded = (
  list: Readonly<Record<string, string>>,
  isNeeded: (key: string) => boolean,
): string[] =>
  Object.keys(list)
    .filter((key) => !isNeeded(key))
    .map((key) => `exceptions.ts need not name ${key} any more`)
