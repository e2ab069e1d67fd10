"""What the system says when a file cannot be read or written, in both languages: its own words are English whoever reads them."""

from __future__ import annotations

import errno

from engine.sentences import Sentence

_WORDS = {
    errno.ENOENT: Sentence("没有这个文件或文件夹", "there is no such file or folder"),
    errno.EACCES: Sentence("没有权限", "permission is missing"),
    errno.EPERM: Sentence("系统不允许", "the system does not allow it"),
    errno.EEXIST: Sentence("已经存在", "it exists already"),
    errno.ENOTDIR: Sentence("路径中间有一段不是文件夹", "a part of the path is no folder"),
    errno.EISDIR: Sentence("这是文件夹，不是文件", "it is a folder, not a file"),
    errno.ENAMETOOLONG: Sentence("文件名太长", "the name is too long"),
    errno.ELOOP: Sentence("链接绕成了一圈", "its links go round in a circle"),
    errno.ENOSPC: Sentence("磁盘已满", "the disk is full"),
    errno.EDQUOT: Sentence("磁盘配额已用完", "the disk quota is used up"),
    errno.EFBIG: Sentence("文件太大", "the file is too large"),
    errno.EROFS: Sentence("磁盘是只读的", "the disk is read-only"),
    errno.EIO: Sentence("磁盘读写出错", "the disk failed"),
    errno.EBUSY: Sentence("正被别的程序使用", "another program is using it"),
    errno.ETXTBSY: Sentence("正被别的程序使用", "another program is using it"),
    errno.EMFILE: Sentence("打开的文件太多", "too many files are open"),
    errno.ENFILE: Sentence("打开的文件太多", "too many files are open"),
    errno.ESTALE: Sentence("网络文件夹已断开", "the network folder was lost"),
    errno.ENXIO: Sentence("没有这个设备", "there is no such device"),
    errno.EINVAL: Sentence("系统不接受这个路径", "the system does not take this path"),
}


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def is_full(error: BaseException) -> bool:
    """Whether it says that a disk, or what somebody may have of it, is used up."""
    return isinstance(error, OSError) and error.errno in _FULL


def why(error: OSError | ValueError) -> Sentence:
    """The reason, in words; behind ours the system's own where we have no better. A path that cannot be one is a ValueError."""
    if isinstance(error, ValueError):
        return _WORDS[errno.EINVAL]
    known = _WORDS.get(error.errno or 0)
    return known or Sentence("系统报错 {words}", "the system says {words}", {"words": error.strerror or type(error).__name__})
