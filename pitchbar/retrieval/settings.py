from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field

from pitchbar.core.environment import SettingsError
from pitchbar.core.setting_types import SettingsGroup


def _is_web_address(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return value


# Of a service that the operator runs or hires, perhaps beside this one, without TLS.
ServiceUrl = Annotated[str, AfterValidator(_is_web_address)]

WORDS_ALONE = "none"


class RetrievalSettings(SettingsGroup):
    qdrant_url: ServiceUrl = ""
    qdrant_api_key: str = ""
    # Where the index lies without a server.
    vectors_dir: Path = Path()
    # Empty: the packaged model. With a model named "none" words alone are searched for.
    embeddings_url: ServiceUrl = ""
    embeddings_api_key: str = ""
    embeddings_model: str = ""
    reranker_url: ServiceUrl = ""
    reranker_api_key: str = ""
    reranker_model: str = ""
    # Questions whose passages answer them less surely are refused.
    answer_threshold: Annotated[float, Field(ge=0, le=1)] = 0.5

    def with_defaults_in(self, data_dir: Path) -> Self:
        if self.embeddings_url and not self.embeddings_model:
            raise SettingsError("EMBEDDINGS_URL needs EMBEDDINGS_MODEL: which model to ask for.")
        if self.vectors_dir != Path():
            return self.model_copy(update={"vectors_dir": self.vectors_dir.absolute()})
        return self.model_copy(update={"vectors_dir": data_dir / "vectors"})
