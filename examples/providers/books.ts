// Finds books by their author; a spent quota or a dead line gives the older answer, and with none, an empty list.
// Needs GOOGLE_BOOKS_API_KEY. Run: npx tsx examples/providers/books.ts
import { BooksService, CachedExternalAPIService } from 'cachette'

const books = new BooksService()

const found = await books.search('inauthor:"Ursula K. Le Guin"', {
  country: 'US',
  maxResults: 5,
  fallback: { kind: 'books#volumes', totalItems: 0 },
})
for (const { volumeInfo } of found.items ?? []) {
  console.log(`${volumeInfo.title}, ${volumeInfo.publishedDate ?? 'undated'}: ${volumeInfo.infoLink ?? ''}`)
}

await CachedExternalAPIService.close()
