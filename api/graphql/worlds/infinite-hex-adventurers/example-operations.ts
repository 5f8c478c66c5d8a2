/** What GraphiQL shows to begin with. */
export const exampleOperations = `# Chronohex: the world as it is, as it was, and as it changes.
# Try the buttons on the left for the schema and the history of queries.
query Start {
  _meta { chainId block { number time } position lag }
  worldOverview { hexesDiscovered livingAdventurers territories }
  hexesInRadius(center: { q: 0, r: 0 }, radius: 2) {
    coordinate { q r packed }
    biome
    decay { ownerId energyReserve projectedLevel }
    adventurers { id name effectiveEnergy }
  }
}

# The same hexes whenever one of them changes. Give a cursor as \`since\` to go on after it.
subscription Follow {
  hexChanged(center: { q: 0, r: 0 }, radius: 2) {
    __typename
    ... on Change { cursor block last }
    ... on HexSnapshot { nodes { coordinate { q r } } }
    ... on HexUpsert { node { coordinate { q r } decay { energyReserve } } }
  }
}
`
