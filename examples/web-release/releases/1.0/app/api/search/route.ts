import { NextRequest, NextResponse } from 'next/server'
import { prisma } from '@/lib/prisma'

export const dynamic = 'force-dynamic'

export async function GET(request: NextRequest) {
  const words = request.nextUrl.searchParams.get('q') ?? ''
  try {
    const posts = await prisma.post.findMany({
      where: { title: { contains: words, mode: 'insensitive' } },
      include: { creator: true },
      orderBy: { id: 'asc' },
    })
    const results = posts.map((post) => ({ id: post.id, title: post.title, creator: post.creator.name }))
    return NextResponse.json({ results })
  } catch (error) {
    console.error('[api] search:', error)
    return NextResponse.json({ error: 'search failed' }, { status: 500 })
  }
}
