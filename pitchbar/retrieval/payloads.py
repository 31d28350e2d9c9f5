"""What the API takes and gives of a search."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from pitchbar.api.payloads import Id, Query, ResponseModel
from pitchbar.retrieval.answerable import Answer
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.search import SearchResult

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class SearchQuery(Query):
    q: Words = Field(description="The question, in words as a visitor would ask.")
    source_id: Id | None = Field(None, description="Of this source alone.")
    limit: int = Field(5, ge=1, le=20, description="How many passages at most.")


class PassageBody(ResponseModel):
    source_id: int
    url: str = Field(description="Of the page; empty for texts and files.")
    title: str
    headings: list[str] = Field(description="That it stands under, outermost first.")
    text: str = Field(description="As it stands in the source.")
    score: float = Field(description="Compares the passages of one question, from 0 to 1.")


class SearchResponse(ResponseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "answer": "Refunds take five working days.",
                    "data": [
                        {
                            "source_id": 7,
                            "url": "https://cups.example/refunds",
                            "title": "Refunds",
                            "headings": ["Refunds", "How long they take"],
                            "text": "Refunds take five working days.",
                            "score": 0.91,
                        }
                    ],
                }
            ]
        }
    )

    answer: str | None = Field(
        description="The sentence of the passages that answers; null where none does."
    )
    data: list[PassageBody] = Field(description="Best first.")


def search_response(found: SearchResult, best: Answer) -> SearchResponse:
    return SearchResponse(
        answer=best.sentence if best.is_answered else None,
        data=[_passage(one) for one in found.hits],
    )


def _passage(hit: Hit) -> PassageBody:
    return PassageBody(
        source_id=hit.source_id,
        url=hit.url,
        title=hit.title,
        headings=list(hit.headings),
        text=hit.text,
        score=round(hit.score, 4),
    )
