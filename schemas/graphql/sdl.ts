/**
 * The texts of the GraphQL schema: what is true of any world stands in this folder, what a world
 * adds in `worlds/<name>/`, a file for each of its read models.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export type GraphqlText = Readonly<{ file: string; text: string }>

/** The folder of what a world adds, from this one. */
export const folderOfWorld = (world: string): string => `worlds/${world}`

/** The texts right in a folder, by file name. Folder and files are paths from here. */
export const graphqlTexts = (folder = ''): readonly GraphqlText[] =>
  readdirSync(path.join(import.meta.dirname, folder))
    .filter((name) => name.endsWith('.graphql'))
    .toSorted()
    .map((name) => ({
      file: path.posix.join(folder, name),
      text: readFileSync(path.join(import.meta.dirname, folder, name), 'utf8'),
    }))

/** The whole schema of a world as one text. */
export const schemaText = (world: string): string =>
  [...graphqlTexts(), ...graphqlTexts(folderOfWorld(world))].map(({ text }) => text).join('\n')
