"""What travels through Huey: JSON that names a job and an attempt, and can name nothing else.

Huey's own serializer is pickle, by which whoever can write the queue could run code here.
"""

import json
from typing import Any

from pitchbar.jobs.library import Message, Serializer

TASK = "pitchbar.run_job"


class MessageSerializer(Serializer):  # type: ignore[misc]  # huey has no types
    """Writes `[id, job id, attempt]`; reads that alone and raises ValueError for all else."""

    def _serialize(self, data: Any) -> bytes:
        job_id, attempt = data.args
        return json.dumps([data.id, job_id, attempt]).encode()

    def _deserialize(self, data: Any) -> Any:
        try:
            message_id, job_id, attempt = json.loads(bytes(data))
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError(f"a message on the queue cannot be read: {error}") from None
        if type(job_id) is not int or type(attempt) is not int:
            raise ValueError("a message on the queue names no job")
        return Message(id=str(message_id), name=TASK, args=(job_id, attempt), kwargs={})
