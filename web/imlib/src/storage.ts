/** mapOf is the map whose entries are in text, as JSON. Storage is shared with whatever else runs on the page, so its text may be anything. */
export function mapOf<V>(text = '[]'): Map<string, V> {
  try {
    return new Map(JSON.parse(text) as [string, V][])
  } catch {
    return new Map()
  }
}
