// Ask the database what the application asks it, and say how long that took; exit code 1 when it cannot be asked.
import { PrismaPg } from '@prisma/adapter-pg'
import client from '@prisma/client'

process.loadEnvFile('.env')
const prisma = new client.PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 5000 }),
})

async function time(what, ask) {
  const began = performance.now()
  const rows = await ask()
  console.log(`${what} query works: ${rows.length} (took ${(performance.now() - began).toFixed(0)} ms)`)
}

try {
  await time('first creator', () => prisma.creator.findMany({ take: 1 }))
  await time('first post', () => prisma.post.findMany({ take: 1 }))
} catch (error) {
  console.error(`${error.message.trim().split('\n').pop()} (${error.code ?? error.name})`)
  process.exitCode = 1
} finally {
  await prisma.$disconnect()
}
